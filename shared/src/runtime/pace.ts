/** So long after anything moved here more may follow, and others may be about to leave something. */
const awakeMs = 1_000

/**
 * How long to wait before the next look for what nobody tells of: shortly while anything moves here, longer at rest. What
 * this process does itself ends the rest, so that only what another one leaves, while nothing moves here, waits that long.
 */
export class Pace {
  readonly #awakeEveryMs: number
  readonly #restEveryMs: number
  readonly #now: () => number
  #movedAtMs = Number.NEGATIVE_INFINITY
  #isWanted = false
  #end: (() => void) | undefined
  #endRest: (() => void) | undefined

  constructor(o: { awakeEveryMs: number; restEveryMs: number; now?: () => number }) {
    this.#awakeEveryMs = o.awakeEveryMs
    this.#restEveryMs = o.restEveryMs
    this.#now = o.now ?? (() => performance.now())
  }

  /** Something moved, and more may follow. While awake this ends no wait: there would be as many looks as commits. */
  moved(): void {
    this.#movedAtMs = this.#now()
    this.#endRest?.()
  }

  /** There is something to do: the next look is at once. */
  wanted(): void {
    this.#isWanted = true
    this.#end?.()
  }

  /** @param knownInMs there will be something to do by then, so that a rest is no longer */
  waitMs(knownInMs = Number.POSITIVE_INFINITY): number {
    if (this.#now() - this.#movedAtMs < awakeMs) return this.#awakeEveryMs
    return Math.min(this.#restEveryMs, Math.max(this.#awakeEveryMs, knownInMs))
  }

  /** Resolves when it is time for the next look, or `signal` is aborted. */
  async wait(signal: AbortSignal, knownInMs?: number): Promise<void> {
    const waitMs = this.waitMs(knownInMs)
    const { promise, resolve } = Promise.withResolvers<void>()
    const end = () => resolve()
    const timer = setTimeout(end, waitMs)
    signal.addEventListener('abort', end)
    this.#end = end
    if (waitMs > this.#awakeEveryMs) this.#endRest = end
    if (!this.#isWanted && !signal.aborted) await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    this.#end = undefined
    this.#endRest = undefined
    this.#isWanted = false
  }
}
