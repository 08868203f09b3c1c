import type { Pool } from 'pg'

export interface StoredBacklog {
  readonly parked: number
  /** By step; '' for records that nobody could read, which have none. */
  readonly deadLetters: Readonly<Record<string, number>>
  readonly outboxRows: number
  readonly outboxOldestSeconds: number
  readonly timerLagSeconds: number
}

/** What stands in the tables, for the gauges and for the door. Counting stops at `outboxMax`: beyond it only "too many" matters. */
export async function readBacklog(pool: Pool, outboxMax: number): Promise<StoredBacklog> {
  const found = await pool.query({
    name: 'backlog',
    text: `select (select count(*) from saga.waiting where kind = 'parked') as parked,
             (select json_object_agg(step, letters) from (select coalesce(step, '') as step, count(*) as letters
                from saga.waiting where kind = 'dead' group by 1) d) as dead,
             (select count(*) from (select from saga.outbox limit $1) o) as outbox,
             (select coalesce(extract(epoch from now() - created_at), 0)::float8 from saga.outbox order by seq, n limit 1) as oldest,
             (select coalesce(extract(epoch from now() - min(due_at)), 0)::float8 from saga.waiting where kind = 'timer' and due_at <= now()) as lag`,
    values: [outboxMax + 1],
  })
  const { parked, dead, outbox, oldest, lag } = found.rows[0]
  return {
    parked,
    deadLetters: dead ?? {},
    outboxRows: outbox,
    outboxOldestSeconds: Math.max(0, oldest ?? 0),
    timerLagSeconds: Math.max(0, lag),
  }
}
