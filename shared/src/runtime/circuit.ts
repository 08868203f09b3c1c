import type { Hold } from '../core/delivery.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000

interface Open {
  readonly hold: Hold
  readonly waitMs: number
  readonly untilMs: number
  /** The call that asks at the moment whether the target is back. */
  readonly probe: object | undefined
}

/**
 * Whether the target of an effect can be reached, as this process found it (rule 23). Open: nobody calls. After a wait, one
 * call may ask whether the target is back; each that does not find it doubles the wait.
 *
 * Calls are told apart by identity: by the time that one ends, or begins, the circuit may have been closed and opened anew.
 */
export class Circuit {
  readonly #nowMs: () => number
  readonly #random: () => number
  #open: Open | undefined

  constructor(o: { nowMs?: () => number; random?: () => number } = {}) {
    this.#nowMs = o.nowMs ?? (() => performance.now())
    this.#random = o.random ?? Math.random
  }

  /** Why nobody calls; undefined while the circuit is closed. */
  get hold(): Hold | undefined {
    return this.#open?.hold
  }

  /** Whether one call may ask now. */
  get mayProbe(): boolean {
    return this.#open !== undefined && !this.#open.probe && this.#nowMs() >= this.#open.untilMs
  }

  /** `call` asks. Somebody may have reached the target since it was sent to: then it is a call like any other. */
  probing(call: object): void {
    if (this.#open) this.#open = { ...this.#open, probe: call }
  }

  /** `call` found nobody. Those that were under way when the target went say so too: only a probe prolongs the wait. */
  unreached(call: object, hold: Hold): void {
    if (!this.#open || this.#open.probe === call) this.#wait(hold)
  }

  /** `call` ran out of time: the target may have been reached or not, but a probe has not found it back. */
  unanswered(call: object): void {
    if (this.#open?.probe === call) this.#wait(this.#open.hold)
  }

  reached(): void {
    this.#open = undefined
  }

  #wait(hold: Hold): void {
    const waitMs = this.#open ? Math.min(longestWaitMs, 2 * this.#open.waitMs) : firstWaitMs
    // Processes that lost the target together do not all ask at once.
    this.#open = { hold, waitMs, untilMs: this.#nowMs() + waitMs * (0.5 + this.#random() / 2), probe: undefined }
  }
}
