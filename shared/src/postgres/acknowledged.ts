import type { Pool } from 'pg'
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
 * deletion at a time, and comes back if that one fails.
 */
export class Acknowledged {
  readonly #waiting = new Map<string, OutboxPlace>()
  readonly #beingDeleted = new Map<string, OutboxPlace>()
  /** By the last deletion, for a transaction that looked at the outbox before it: whoever finds such a row later has a row that came back. */
  #deleted: ReadonlySet<string> = new Set()
  readonly #givesBack: boolean

  /** `givesBack`: for tests of the safeguard only. */
  constructor(givesBack = true) {
    this.#givesBack = givesBack
  }

  add(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#waiting.set(placeText(row), { seq: row.seq, n: row.n })
  }
  /** True for a row that is acknowledged and not yet deleted: publishing it again would be a copy for nothing. */
  has(row: OutboxPlace): boolean {
    const place = placeText(row)
    return this.#waiting.has(place) || this.#beingDeleted.has(place)
  }
  /** Of these rows, which a transaction has found, those whose acknowledgement this process has not seen (rule 24). */
  unacknowledged<T extends OutboxPlace>(rows: readonly T[]): T[] {
    return rows.filter(row => !this.has(row) && !this.#deleted.has(placeText(row)))
  }
  get size(): number {
    return this.#waiting.size
  }
  take(most = Number.POSITIVE_INFINITY): OutboxPlace[] {
    const rows: OutboxPlace[] = []
    for (const [place, row] of this.#waiting) {
      if (rows.length >= most) break
      rows.push(row)
      this.#waiting.delete(place)
      this.#beingDeleted.set(place, row)
    }
    return rows
  }
  deleted(rows: readonly OutboxPlace[]): void {
    this.#deleted = new Set(rows.map(placeText))
    for (const place of this.#deleted) this.#beingDeleted.delete(place)
  }
  giveBack(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#beingDeleted.delete(placeText(row))
    if (this.#givesBack) this.add(rows)
  }
}

/**
 * In a transaction of its own, of one statement, that does not wait for the disk: a row that a crash brings back is published
 * again by the sweeper, and absorbed. It holds no other locks while it waits for a row, and takes them in order: whoever
 * deletes the same, an instance whose rows were swept, waits and finds them gone.
 */
export async function deleteAcknowledged(pool: Pool, rows: readonly OutboxPlace[]): Promise<void> {
  const ranges = rangesOf(rows)
  if (ranges.length === 0) return
  await pool.query({
    name: 'delete-acknowledged',
    text: `with soon as materialized (select set_config('synchronous_commit', 'off', true))
           delete from saga.outbox o using soon, unnest($1::bigint[], $2::int[], $3::int[]) as r (seq, first, last)
           where o.seq = r.seq and o.n between r.first and r.last`,
    values: [
      arrayOf('bigint', ranges, r => r.seq),
      arrayOf('int', ranges, r => r.first),
      arrayOf('int', ranges, r => r.last),
    ],
  })
}

interface Range {
  readonly seq: number
  readonly first: number
  last: number
}

/** A transaction's rows are numbered partition by partition, so that what is acknowledged together is mostly one range. */
export function rangesOf(rows: readonly OutboxPlace[]): Range[] {
  const ranges: Range[] = []
  for (const { seq, n } of rows.toSorted((a, b) => a.seq - b.seq || a.n - b.n)) {
    const before = ranges.at(-1)
    if (before?.seq === seq && before.last + 1 === n) before.last = n
    else ranges.push({ seq, first: n, last: n })
  }
  return ranges
}
