import type { Pool } from 'pg'
import type { Health } from '../contract.ts'
import { invariants } from './invariants.ts'

/** Every invariant, with how many sagas break it, and the last few of them. */
export async function readBroken(pool: Pool): Promise<Health['invariants']> {
  const { rows } = await pool.query({
    name: 'read-broken',
    text: `select (select checked from watch_state)::float8 as checked, name, coalesce(broken, 0)::int as broken, examples
           from unnest($1::text[]) as i (name)
           left join (select invariant, count(*) as broken from broken_invariants group by 1) b on invariant = name
           cross join lateral (
             select coalesce(json_agg(json_build_object('sagaId', saga_id, 'says', says[1]) order by found_at desc), '[]') as examples
             from (select * from broken_invariants where invariant = name order by found_at desc limit 5) e) l`,
    values: [invariants.map(({ name }) => name)],
  })
  const found = new Map(rows.map(row => [row.name as string, row]))
  return invariants.map(({ name, says }) => {
    const { checked, broken, examples } = found.get(name)!
    const holds = broken > 0 ? false : checked > 0 ? true : null
    return { name: `${name}: ${says}`, holds, checked, broken, examples }
  })
}

/** For the metrics: how many sagas break each; undefined while none has been checked. */
export async function countBroken(pool: Pool): Promise<Map<string, number> | undefined> {
  const { rows } = await pool.query('select invariant, count(*)::int as broken from broken_invariants group by 1')
  if (rows.length === 0) {
    const state = await pool.query('select checked > 0 as "isKnown" from watch_state')
    if (!state.rows[0].isKnown) return undefined
  }
  return new Map(rows.map(row => [row.invariant, row.broken]))
}
