import type { Acted } from '../../core/act.ts'
import type { UnreadableLetter } from '../../core/close-unreadable.ts'
import type { Envelope } from '../../core/delivery.ts'
import { type LogRow, Saga, type WaitingRow } from '../../core/saga.ts'
import type { Row } from '../../core/views.ts'
import { StartError } from '../../errors.ts'
import type { Participant } from '../../participant.ts'
import type { Found } from '../../postgres/lock-sagas.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import type { StoredAnswer } from '../../postgres/stored-answers.ts'
import { Locks } from './locks.ts'

export type StoredWaiting = WaitingRow & { readonly envelope: Envelope }
/** What a participant has stored of one saga. Replaced as a whole, never changed: copies of the database share it. */
export interface SagaRecord {
  readonly log: ReadonlyMap<string, LogRow>
  readonly waiting: ReadonlyMap<string, StoredWaiting>
}
export type OutboxRecord = StoredRow & { readonly createdAtMs: number }
export interface KeyRecord {
  readonly bodyHash: Buffer
  readonly answer: StoredAnswer
}
type Unreadable = Pick<UnreadableLetter, 'deaths' | 'errorCode'> & { readonly stands: 'dead' | 'tombstone' }

/**
 * What a participant's database may refuse besides a key that is there: its unique indexes and CHECKs, which stand in SQL.
 * @returns the name of the constraint that is violated
 */
export type Constraint = (row: Row, others: () => Iterable<Row>) => string | undefined

/** A participant's database in memory: what has committed. Changed by transactions only. */
export class SimulatedDatabase {
  readonly locks = new Locks()
  readonly sagas = new Map<string, SagaRecord>()
  readonly outbox = new Map<string, OutboxRecord>()
  readonly keys = new Map<string, KeyRecord>()
  readonly tables: ReadonlyMap<string, { readonly key: string; readonly rows: Map<string, Row> }>
  readonly constraints: Readonly<Record<string, Constraint>>
  readonly unreadable = new Map<string, Unreadable>()
  readonly acts: Acted[] = []
  #seq = 0

  /** @throws StartError sql-not-simulated */
  constructor(participant: Participant<any, any>, constraints: Readonly<Record<string, Constraint>> = {}) {
    const sql = participant.reactions.find(({ handler }) => handler.form === 'sql')
    if (sql)
      throw new StartError(
        'sql-not-simulated',
        `${participant.service}: ${sql.step} is a sql handler, which only a real database can run; leave it out of what is simulated`,
      )
    this.tables = new Map(
      Object.entries(participant.states as Participant['states']).map(([name, { key }]) => [
        name,
        { key, rows: new Map() },
      ]),
    )
    this.constraints = constraints
  }

  /** Not undone by a rollback, as no sequence is. */
  nextSeq(): number {
    return ++this.#seq
  }

  /** A saga as a transaction loads it: for the place in the queue, without the messages' bytes. */
  saga(id: string, found: Found): Saga {
    const record = this.sagas.get(id)
    if (!record || found !== 'known') return new Saga(id, found)
    const waiting = [...record.waiting.values()].map(row => ({ ...row, envelope: undefined }))
    return new Saga(id, found, [...record.log.values()], waiting)
  }

  rows(table: string): Row[] {
    return [...(this.tables.get(table)?.rows.values() ?? [])]
  }

  /** What has become due, the earliest first. */
  due(nowMs: number): (StoredWaiting & { readonly sagaId: string })[] {
    const due: (StoredWaiting & { readonly sagaId: string })[] = []
    for (const [sagaId, { waiting }] of this.sagas)
      for (const row of waiting.values()) if (row.dueAtMs !== null && row.dueAtMs <= nowMs) due.push({ ...row, sagaId })
    return due.sort((a, b) => a.dueAtMs! - b.dueAtMs! || a.seq - b.seq || a.n - b.n)
  }

  /** Another database with the same rows; what happens to either leaves the other alone. */
  copyInto(copy: SimulatedDatabase): SimulatedDatabase {
    for (const [id, record] of this.sagas) copy.sagas.set(id, record)
    for (const [place, row] of this.outbox) copy.outbox.set(place, row)
    for (const [key, record] of this.keys) copy.keys.set(key, record)
    for (const [id, letter] of this.unreadable) copy.unreadable.set(id, letter)
    for (const [name, { rows }] of this.tables) for (const [key, row] of rows) copy.tables.get(name)!.rows.set(key, row)
    copy.acts.push(...this.acts)
    copy.#seq = this.#seq
    return copy
  }
}
