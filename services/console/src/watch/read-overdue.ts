import type { Pool } from 'pg'
import type { Operation } from './taken.ts'

export interface OverdueCount extends Operation {
  readonly sagas: number
  readonly oldestSeconds: number
}

/** How many sagas wait past its time for each step. */
export async function countOverdue(pool: Pool): Promise<OverdueCount[]> {
  const { rows } = await pool.query({
    name: 'count-overdue',
    text: `select service, step, direction, count(distinct saga_id)::int as sagas,
             greatest(0, extract(epoch from now() - min(due)))::float8 as "oldestSeconds"
           from overdue_steps group by 1, 2, 3 order by 4 desc limit 200`,
  })
  return rows
}

/** Sagas that are to be looked at now. */
export async function countLooksDue(pool: Pool): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::int as due from sagas where awaited_by <= now() and state = 'open'`,
  )
  return rows[0].due
}
