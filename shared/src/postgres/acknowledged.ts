import type { ClientBase } from 'pg'
import { arrayOf } from './recordset.ts'

/** A row of the outbox, by its place. */
export interface OutboxPlace {
  readonly seq: number
  readonly n: number
}
/** The place as a key, and as the id of the record that the row becomes. */
export const placeText = ({ seq, n }: OutboxPlace) => `${seq}/${n}`

/**
 * Rule 26: rows that the broker has acknowledged to this process and that are not yet deleted. Each belongs to one
 * deleting transaction at a time, and comes back if that one rolls back.
 */
export class Acknowledged {
  readonly #waiting = new Map<string, OutboxPlace>()
  readonly #beingDeleted = new Map<string, OutboxPlace>()
  readonly #givesBack: boolean

  /** `givesBack`: for tests of the safeguard only. */
  constructor(givesBack = true) {
    this.#givesBack = givesBack
  }

  add(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#waiting.set(placeText(row), { seq: row.seq, n: row.n })
  }
  /** True for a row whose acknowledgement this process has seen: it holds nothing up (rule 24). */
  has(row: OutboxPlace): boolean {
    return this.#waiting.has(placeText(row)) || this.#beingDeleted.has(placeText(row))
  }
  /** Of these rows, those that this process has not seen acknowledged. */
  unacknowledged<T extends OutboxPlace>(rows: readonly T[]): T[] {
    return rows.filter(row => !this.has(row))
  }
  get size(): number {
    return this.#waiting.size
  }
  take(): OutboxPlace[] {
    const rows = [...this.#waiting.values()]
    for (const row of rows) this.#beingDeleted.set(placeText(row), row)
    this.#waiting.clear()
    return rows
  }
  deleted(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#beingDeleted.delete(placeText(row))
  }
  giveBack(rows: readonly OutboxPlace[]): void {
    this.deleted(rows)
    if (this.#givesBack) this.add(rows)
  }
}

/** Sorted, and skipping what another transaction holds: deleting rows of others' sagas must not wait for them. */
export async function deleteAcknowledged(tx: ClientBase, rows: readonly OutboxPlace[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'delete-acknowledged',
    text: `with mine as materialized (
             select seq, n from saga.outbox where (seq, n) in (select * from unnest($1::bigint[], $2::int[])) order by seq, n for update skip locked)
           delete from saga.outbox o using mine where o.seq = mine.seq and o.n = mine.n`,
    values: [
      arrayOf(
        'bigint',
        rows.map(r => r.seq),
      ),
      arrayOf(
        'int',
        rows.map(r => r.n),
      ),
    ],
  })
}
