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
             select coalesce(array_agg('saga ' || saga_id || ': ' || says[1] order by found_at desc), '{}') as examples
             from (select * from broken_invariants where invariant = name order by found_at desc limit 5) e) l`,
    values: [invariants.map(({ name }) => name)],
  })
  const found = new Map(rows.map(row => [row.name as string, row]))
  return invariants.map(({ name, says }) => {
    const { checked, broken, examples } = found.get(name)!
    return { name: `${name}: ${says}`, holds: broken === 0, checked, broken, examples }
  })
}

/** For the metrics: how many sagas break each. */
export async function countBroken(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query('select invariant, count(*)::int as broken from broken_invariants group by 1')
  return new Map(rows.map(row => [row.invariant, row.broken]))
}
