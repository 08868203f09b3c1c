import type { Pool } from 'pg'

/**
 * For how many seconds the oldest message of each of these types has been here without being done or dead. What stands
 * behind a dead letter is left out: the letter is what somebody must see to, and says so itself.
 */
export async function oldestUnfinished(pool: Pool, types: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query({
    name: 'oldest_unfinished',
    text: `select type, coalesce(extract(epoch from now() - oldest.created_at), 0)::float8 as seconds
             from unnest($1::text[]) type left join lateral (
               select created_at from saga.waiting w
                 where message_type = type and kind in ('retry', 'parked', 'calling')
                   and not exists (select from saga.waiting d where d.saga_id = w.saga_id and d.kind = 'dead')
                 order by created_at limit 1) oldest on true`,
    values: [types],
  })
  return new Map(rows.map(({ type, seconds }) => [type, Math.max(0, seconds)]))
}
