import type { Act, ActEnd, Acted } from './act.ts'
import type { Delivery, Turns } from './delivery.ts'
import type { OutboxRow } from './outbox-row.ts'
import type { Rules } from './rules.ts'
import type { Handled } from './run-handler.ts'
import type { FinalStatus, Saga } from './saga.ts'
import type { LoadedTable } from './views.ts'

/** One transaction's view of the world, under its locks. */
export interface Loaded {
  readonly now: Date
  readonly seq: number
  readonly sagas: ReadonlyMap<string, Saga>
  readonly tables: ReadonlyMap<string, LoadedTable>
  /** Of the steps that call; those not named have no limit. */
  readonly turns: ReadonlyMap<string, Turns>
  /** In [0, 1): the jitter of retries. */
  random(): number
}

/** An action is skipped by the delivery of its compensation, which ends otherwise. */
export type StepOutcome =
  | Exclude<FinalStatus, 'skipped'>
  | 'duplicate'
  | 'superseded'
  | 'late'
  | 'parked'
  | 'stale_timer'
  | 'gone'
  | 'calling'
  | 'held'
  | 'failed'
  | 'dead'
  | 'accepted'
  | 'refusal'
  | 'busy'

export interface Decided {
  readonly delivery: Delivery
  readonly outcome: StepOutcome
  readonly code?: string | undefined
  readonly error?: unknown
  readonly attempts?: number | undefined
  /** The answer of a command. */
  readonly answer?: Extract<Handled, { end: 'answer' }>['answer'] | undefined
}
export interface Call {
  readonly delivery: Delivery
  readonly request: unknown
  readonly attempts: number
  /** From when on it counts as lost. */
  readonly dueAtMs: number
  /** An earlier call of this step was begun and may have happened. */
  readonly inDoubt: boolean
}

/** What became of a batch, besides the changes collected in its sagas and tables. */
export class Decision {
  readonly rules: Rules
  readonly loaded: Loaded
  readonly decided: Decided[] = []
  readonly outbox: OutboxRow[] = []
  /** Outside calls to begin once the intent has committed. */
  readonly calls: Call[] = []
  /** Messages whose keys the batch itself brought up, and those of the same saga behind them (rule 5). */
  readonly nextRound: Delivery[] = []
  /** What became of the operators' acts (rules 19 and 20). */
  readonly acted: Acted[] = []
  /** Letters of records that nobody could read, and what is left of them. */
  readonly unreadableClosed: { readonly id: string; readonly how: 'forget' | 'tombstone' }[] = []
  /** True when a message became due by this: somebody should look at once. */
  woke = false
  readonly #postponed = new Set<string>()
  #n = 0

  constructor(rules: Rules, loaded: Loaded) {
    this.rules = rules
    this.loaded = loaded
  }

  /** Counts messages that wait over the whole batch: with seq it is their order of arrival. */
  nextN(): number {
    return this.#n++
  }
  /** Rows that the transaction adds behind these begin here. */
  get lastN(): number {
    return this.#n
  }

  /** How many calls of this step are to begin. */
  callsOf(step: string): number {
    return this.calls.filter(({ delivery }) => delivery.reaction.step === step).length
  }

  isPostponed(sagaId: string): boolean {
    return this.#postponed.has(sagaId)
  }
  postpone(delivery: Delivery): void {
    // A local command has no saga, and so nothing behind it.
    if (delivery.sagaId) this.#postponed.add(delivery.sagaId)
    this.nextRound.push(delivery)
  }

  done(delivery: Delivery, outcome: StepOutcome, more?: Omit<Decided, 'delivery' | 'outcome'>): void {
    const { code, error, attempts, answer } = more ?? {}
    this.decided.push({ delivery, outcome, code, error, attempts, answer })
  }
  acts(act: Act, result: ActEnd, about: Partial<Omit<Acted, 'act' | 'result'>> = {}): void {
    const { detail = null, step = null, direction = null, errorCode = null, forced = false } = about
    this.acted.push({ act, result, detail, step, direction, errorCode, forced })
  }
}
