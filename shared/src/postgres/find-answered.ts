import type { Pool } from 'pg'

/** Of these sagas, those in which one of these steps has begun. */
export async function findAnswered(
  pool: Pool,
  sagaIds: readonly string[],
  steps: readonly string[],
): Promise<Set<string>> {
  const found = await pool.query({
    name: 'find-answered',
    text: 'select saga_id from saga.saga_log where saga_id = any($1::uuid[]) and step = any($2::text[])',
    values: [sagaIds, steps],
  })
  return new Set(found.rows.map(row => row.saga_id))
}
