import type { Pool } from 'pg'
import { type Declared, declaration } from 'saga-kit/operating'

/** As long as anything of an earlier version is seen, and then some. */
const keep = '8 days'

/** Keeps each version of each declaration for a while, and gives those that stood before, with those that stand. */
export async function rememberDeclared(pool: Pool, declared: readonly Declared[]): Promise<Declared[]> {
  // Where it is reached is another at each start, and no other version.
  const versions = declared.map(each => JSON.stringify({ ...each, adminUrl: undefined }))
  await pool.query(
    `insert into declared_before (service, digest, declaration, last_at)
     select v ->> 'service', md5(v::text), v, now() from unnest($1::jsonb[]) as v order by 1, 2
     on conflict (service, digest) do update set last_at = now()`,
    [versions],
  )
  await pool.query(`delete from declared_before where last_at < now() - interval '${keep}'`)
  const { rows } = await pool.query('select declaration from declared_before order by service, last_at desc')
  return rows.flatMap(row => declaration.safeParse(row.declaration).data ?? [])
}
