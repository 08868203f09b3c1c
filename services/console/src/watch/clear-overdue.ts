import type { Pool } from 'pg'
import { inTransaction } from '../observer/in-transaction.ts'

/** Forgets what was overdue of sagas that have gone on since: settled, blocked, or with nothing late as far as their events tell. */
export function clearOverdue(pool: Pool): Promise<number> {
  return inTransaction(pool, async tx => {
    const { rows } = await tx.query({
      name: 'gone-on',
      text: `update sagas s set overdue = false from (
               select s.saga_id from looks l join sagas s using (saga_id)
               where s.state <> 'open' or s.awaited_by is null
                 or (s.awaited_by > now() and s.awaited_by <> l.look_at)
               order by s.saga_id limit 1000 for no key update of s skip locked) gone
             where s.saga_id = gone.saga_id returning s.saga_id`,
    })
    // With it goes what was overdue.
    await tx.query('delete from looks where saga_id = any($1::uuid[])', [rows.map(({ saga_id }) => saga_id)])
    return rows.length
  })
}
