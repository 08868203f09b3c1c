import type { ClientBase, Pool } from 'pg'
import type { Envelope } from '../core/delivery.ts'
import type { WaitingRow } from '../core/saga.ts'
import { type Columns, waitingRow } from './load-sagas.ts'

export type DueRow = WaitingRow & { readonly sagaId: string; readonly envelope: Envelope }

/** Rows of somebody else's partitions are left to them for so long (rule 3). */
const othersOverdueMs = 10_000

/**
 * Messages whose time has come: retries, timers, heads of queues, calls that were lost. Read without a lock: the
 * transaction that runs them looks again. Only rows that can run have a due time, so none that cannot stands in the way;
 * nor do those of `types` that nobody can run now.
 */
export async function findDue(
  pool: Pool,
  partitions: readonly number[],
  limit: number,
  types?: readonly string[],
): Promise<DueRow[]> {
  const due = await pool.query({
    name: 'find-due',
    text: `select * from saga.waiting
           where due_at <= now() and saga_id is not null and (partition = any($1::int[]) or due_at <= now() - $2 * interval '1 ms')
             and ($4::text[] is null or message_type = any($4))
           order by due_at, seq, n limit $3`,
    values: [partitions, othersOverdueMs, limit, types ?? null],
  })
  return due.rows.map(dueRow)
}

/** In how many milliseconds a message becomes due, whoever is to run it; 0 or less when one is, Infinity when none will be. */
export async function findNextDue(pool: Pool): Promise<number> {
  const next = await pool.query({
    name: 'next-due',
    text: 'select (extract(epoch from min(due_at) - now()) * 1000)::float8 as in_ms from saga.waiting where due_at is not null',
  })
  return next.rows[0].in_ms ?? Number.POSITIVE_INFINITY
}

/** What of one saga would be taken first, inside a transaction that holds it. */
export async function findDueOf(tx: ClientBase, sagaId: string): Promise<DueRow | undefined> {
  const due = await tx.query(
    'select * from saga.waiting where saga_id = $1::uuid and due_at <= now() order by due_at, seq, n limit 1',
    [sagaId],
  )
  return due.rows.map(dueRow)[0]
}

const dueRow = (row: Columns): DueRow => ({
  ...waitingRow(row),
  sagaId: row.saga_id,
  envelope: { key: row.key, headers: row.headers, body: row.body },
})

/** Types of waiting messages to which nothing reacts any more: a release took their reaction away. */
export async function findOrphans(pool: Pool, types: readonly string[]): Promise<{ type: string; messages: number }[]> {
  const found = await pool.query(
    `select message_type as type, count(*) as messages from saga.waiting
     where saga_id is not null and message_type <> all($1::text[]) group by message_type order by message_type`,
    [types],
  )
  return found.rows
}
