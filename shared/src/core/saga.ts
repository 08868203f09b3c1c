import type { Envelope } from './delivery.ts'
import type { Image } from './images.ts'

export type Direction = 'action' | 'compensation'
export type FinalStatus = 'succeeded' | 'rejected' | 'refused' | 'skipped' | 'discarded'
export type Status = FinalStatus | 'failed' | 'calling' | 'dead'

/** One row of saga_log: the fence, and the audit trail. */
export interface LogRow {
  readonly step: string
  readonly direction: Direction
  readonly status: Status
  readonly messageId: string
  readonly messageType: string
  /** The message's fields while the step is unfinished, for the operator to read. */
  readonly body: object | null
  readonly errorCode: string | null
  readonly attempts: number
  /** Messages that this step ended as refused or discarded: only these are blocked by such a row (rule 9). */
  readonly endedIds: readonly string[]
  /** Types of the events that the step published; of a step that ended in this transaction. */
  readonly emitted?: readonly string[] | undefined
  /** What the step changed of the saga's own rows; of a step that ended in this transaction. */
  readonly images?: readonly Image[] | undefined
}

export type WaitingKind = 'timer' | 'retry' | 'parked' | 'calling' | 'dead'

/** One row of waiting: a message that is not done. */
export interface WaitingRow {
  readonly id: string
  readonly kind: WaitingKind
  readonly messageType: string
  /** (seq, n) is the arrival order within the saga. */
  readonly seq: number
  readonly n: number
  readonly step: string
  readonly direction: Direction
  readonly dueAtMs: number | null
  readonly attempts: number
  readonly deaths: number
  readonly firstFailedAtMs: number | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  /** Set by a failure, and not loaded again. */
  readonly errorStack?: string
  /** The request of an outside call that was ever begun: from then on the call is in doubt until it is answered. */
  readonly request: { readonly value: unknown } | null
  /** Absent when the row was loaded for its place in the queue only: the bytes stay in the database. */
  readonly envelope: Envelope | undefined
}
/** Of a message that waits for the first time. */
export const untried = {
  attempts: 0,
  deaths: 0,
  firstFailedAtMs: null,
  errorCode: null,
  errorMessage: null,
  request: null,
} as const

/** What this participant knows of one saga, under the saga's lock; changes are collected for one save. */
export class Saga {
  readonly id: string
  /** False for a command to a saga that nobody began here. */
  readonly exists: boolean
  /** True when this transaction is the first here to see the saga. */
  readonly isNew: boolean
  /** A handful: one for each step that this participant takes. */
  #log: readonly LogRow[]
  /** Hardly ever more than one. */
  #waiting: readonly WaitingRow[]
  readonly #logAtLoad: readonly LogRow[]
  readonly #waitingAtLoad: readonly WaitingRow[]

  constructor(
    id: string,
    found: 'new' | 'known' | 'none',
    log: readonly LogRow[] = none,
    waiting: readonly WaitingRow[] = none,
  ) {
    this.id = id
    this.exists = found !== 'none'
    this.isNew = found === 'new'
    this.#log = log
    this.#logAtLoad = log
    this.#waiting = waiting
    this.#waitingAtLoad = waiting
  }

  fence(step: string, direction: Direction): LogRow | undefined {
    return rowOf(this.#log, step, direction)
  }
  setFence(row: LogRow): void {
    this.#log = withRow(this.#log, rowOf(this.#log, row.step, row.direction), row)
  }
  /** The step that this message has ended, if the fence still names it. */
  endedBy(id: string): LogRow | undefined {
    const isOver = (row: LogRow) => !['failed', 'calling', 'dead'].includes(row.status)
    return this.#log.find(row => row.endedIds.includes(id) || (row.messageId === id && isOver(row)))
  }
  waiting(id: string): WaitingRow | undefined {
    return this.#waiting.find(row => row.id === id)
  }
  setWaiting(row: WaitingRow): void {
    this.#waiting = withRow(this.#waiting, this.waiting(row.id), row)
  }
  deleteWaiting(id: string): void {
    this.#waiting = this.#waiting.filter(row => row.id !== id)
  }

  /** Messages that hold up those behind them, in arrival order. A timer is none of them until it fires (rule 30). */
  unfinished(): readonly WaitingRow[] {
    const unfinished = this.#waiting.filter(row => row.kind !== 'timer')
    return unfinished.sort((a, b) => a.seq - b.seq || a.n - b.n)
  }

  /** Whether the step had a row before this transaction. */
  hadBegun({ step, direction }: LogRow): boolean {
    return rowOf(this.#logAtLoad, step, direction) !== undefined
  }

  /** A row is never changed but replaced, so that what is not as it was loaded is another object. */
  changes(): { log: readonly LogRow[]; waiting: readonly WaitingRow[]; waitingDeleted: readonly string[] } {
    const log = this.#log.filter(row => !this.#logAtLoad.includes(row))
    if (this.#waiting === this.#waitingAtLoad) return { log, waiting: none, waitingDeleted: none }
    const asLoaded = new Set(this.#waitingAtLoad)
    const ids = new Set(this.#waiting.map(({ id }) => id))
    return {
      log,
      waiting: this.#waiting.filter(row => !asLoaded.has(row)),
      waitingDeleted: this.#waitingAtLoad.flatMap(({ id }) => (ids.has(id) ? [] : id)),
    }
  }
}

const none: readonly never[] = []

function rowOf(log: readonly LogRow[], step: string, direction: Direction): LogRow | undefined {
  return log.find(row => row.step === step && row.direction === direction)
}
/** The rows as they were loaded stay as they are, to be compared with. */
function withRow<Row>(rows: readonly Row[], before: Row | undefined, row: Row): readonly Row[] {
  return before ? rows.with(rows.indexOf(before), row) : [...rows, row]
}
