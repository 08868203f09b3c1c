import type { Pool } from 'pg'
import type { Health } from '../contract.ts'

/** What the observer knows. */
export async function readObserver(pool: Pool): Promise<Omit<Health['observer'], 'lag' | 'behindMs'>> {
  const { rows } = await pool.query({
    name: 'read-observer',
    text: `select (select coalesce(sum(n), 0) from saga_counts)::float8 as sagas,
             (select count(*) from events where unread is not null)::float8 as undecodable,
             (select count(*) from foreign_records where why = 'fault')::float8 as "putAside",
             (select coalesce(sum(seen), 0) / 60.0 from published_events
              where minute = date_trunc('minute', now()) - interval '1 min')::float8 as "eventsPerSecond"`,
  })
  return rows[0]
}
