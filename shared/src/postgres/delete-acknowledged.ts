import type { Pool } from 'pg'
import type { OutboxPlace } from './acknowledged.ts'
import { arrayOf } from './recordset.ts'

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
function rangesOf(rows: readonly OutboxPlace[]): Range[] {
  const ranges: Range[] = []
  for (const { seq, n } of rows.toSorted((a, b) => a.seq - b.seq || a.n - b.n)) {
    const before = ranges.at(-1)
    if (before?.seq === seq && before.last + 1 === n) before.last = n
    else ranges.push({ seq, first: n, last: n })
  }
  return ranges
}
