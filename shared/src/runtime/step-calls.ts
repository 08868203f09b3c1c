import type { Call } from '../core/decision.ts'
import type { Hold, Origin, Turns } from '../core/delivery.ts'
import { Circuit } from './circuit.ts'
import { FoundNobody } from './found-nobody.ts'
import { makeCall, NoAnswer } from './make-call.ts'
import type { Pauses } from './pauses.ts'
import { unreachableBy } from './unreachable.ts'

const mostAtOnce = 100

const noTurn: Hold = {
  code: 'no-turn',
  message: `${mostAtOnce} calls of this step are under way; it waits for its turn`,
}
/** Of a process that stops: another one takes it at once. */
const stopping: Hold = { code: 'no-turn', message: 'the process stopped before its turn came' }

export interface StepCallsOptions {
  readonly step: string
  /** Of the messages that lead to the step. */
  readonly types: readonly string[]
  readonly ended: (call: Call, origin: Origin) => void
  readonly pauses: Pauses
  /** Called when what was held can be taken. */
  readonly wake: () => void
  readonly longestInLineMs: number
  /** For tests of the safeguards only. */
  readonly timeout: boolean
  readonly circuit: boolean
}

/** The outside calls of one step in this process: a target that is away or slow holds up no other step's. */
export class StepCalls {
  readonly #o: StepCallsOptions
  readonly #circuit = new Circuit()
  readonly #foundNobody = new FoundNobody()
  /** Two transactions that commit at once may have counted on the same turns. */
  readonly #line: { readonly call: Call; readonly sinceMs: number }[] = []
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: StepCallsOptions) {
    this.#o = options
  }

  get step(): string {
    return this.#o.step
  }
  get types(): readonly string[] {
    return this.#o.types
  }
  get underWay(): Iterable<Promise<void>> {
    return this.#underWay
  }
  /** How many calls can begin now: beyond them, messages wait in the database and not in line, to be written there and back. */
  get turns(): Turns {
    const { hold } = this.#circuit
    if (hold) return { free: 0, hold }
    return { free: Math.max(0, mostAtOnce - this.#underWay.size - this.#line.length), hold: noTurn }
  }
  get mayProbe(): boolean {
    return this.#circuit.mayProbe
  }

  begin(calls: readonly Call[]): void {
    const sinceMs = performance.now()
    for (const call of calls) {
      const { hold } = this.#circuit
      if (hold && isProbe(call)) {
        this.#circuit.probing(call)
        this.#start(call)
      } else if (hold) this.#giveBack(call, hold)
      else this.#line.push({ call, sinceMs })
    }
    this.#next()
    if (this.#line.length === 0) return
    // One that stands in line for longer could overlap with its own repeat.
    setTimeout(() => this.#giveBackLine(noTurn, sinceMs), this.#o.longestInLineMs).unref()
  }

  stop(): void {
    this.#giveBackLine(stopping)
  }

  #next(): void {
    while (this.#underWay.size < mostAtOnce && this.#line.length > 0) this.#start(this.#line.shift()!.call)
  }

  #start(call: Call): void {
    const running = this.#call(call).finally(() => {
      this.#underWay.delete(running)
      this.#next()
      // The first turn that is free again: until now whatever came was turned away.
      if (this.turns.free === 1) this.#o.wake()
    })
    this.#underWay.add(running)
  }

  async #call(call: Call): Promise<void> {
    const { attempts, dueAtMs, delivery } = call
    const message = `${delivery.sagaId}/${delivery.id}`
    const nth = this.#foundNobody.begins()
    try {
      const response = await makeCall(call, { timeout: this.#o.timeout })
      this.#reached(message, nth)
      this.#o.ended(call, { source: 'result', attempts, dueAtMs, result: { ok: true, response } })
    } catch (error) {
      const unreachable = this.#o.circuit ? unreachableBy(error) : undefined
      if (unreachable) return this.#unreached(call, message, error, unreachable)
      // Who says nothing in time may have been reached or not.
      if (error instanceof NoAnswer) this.#circuit.unanswered(call)
      else this.#reached(message, nth)
      this.#o.ended(call, { source: 'result', attempts, dueAtMs, result: { ok: false, error } })
    }
  }

  #unreached(call: Call, message: string, error: unknown, found: { message: string; isCertain: boolean }): void {
    const hold: Hold = { code: 'target-unreachable', message: found.message }
    const inDoubt = call.inDoubt || !found.isCertain
    if (this.#foundNobody.again(message) && !this.#circuit.hold) return this.#giveBack(call, hold, { inDoubt, error })
    this.#circuit.unreached(call, hold)
    this.#o.pauses.set(this.#cause, true, error)
    this.#giveBack(call, hold, { inDoubt })
    this.#giveBackLine(hold)
  }

  #reached(message: string, nth: number): void {
    this.#foundNobody.answered(message, nth)
    if (!this.#circuit.hold) return
    this.#circuit.reached()
    this.#o.pauses.set(this.#cause, false)
    this.#o.wake()
  }

  #giveBackLine(hold: Hold, untilMs = Number.POSITIVE_INFINITY): void {
    while (this.#line.length > 0 && this.#line[0]!.sinceMs <= untilMs) this.#giveBack(this.#line.shift()!.call, hold)
  }

  #giveBack(call: Call, hold: Hold, found: { inDoubt: boolean; error?: unknown } = { inDoubt: call.inDoubt }): void {
    const { attempts, dueAtMs } = call
    this.#o.ended(call, { source: 'unbegun', attempts, dueAtMs, hold, ...found })
  }

  get #cause(): string {
    return `effect:${this.#o.step}`
  }
}

const isProbe = ({ delivery: { origin } }: Call) => origin.source === 'due' && origin.probe === true
