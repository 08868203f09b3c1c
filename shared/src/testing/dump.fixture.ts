/** Everything that a database holds, to see that something has changed nothing. */
export async function dumpOf(db: { query<T = any>(text: string): Promise<T[]> }): Promise<Record<string, unknown[]>> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('saga', 'public') order by 1`,
  )
  const dump: Record<string, unknown[]> = {}
  for (const { name } of tables) dump[name] = await db.query(`select t.*, t.xmin::text from ${name} t order by t::text`)
  return dump
}
