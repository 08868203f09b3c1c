import { serviceNames } from '../../infra/shop/topics.ts'
import type { RunningShop } from './running-shop.ts'

/** Every row of every table of the four databases as text, sorted: what must stay the same when nothing happens. */
export async function allRows(shop: RunningShop): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const service of serviceNames) {
    const tables = await shop.query<{ name: string }>(
      service,
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'saga') order by 1`,
    )
    for (const { name } of tables) {
      const rows = await shop.query<{ row: string }>(service, `select t::text as row from ${name} t order by 1`)
      all[`${service} ${name}`] = rows.map(({ row }) => row)
    }
  }
  return all
}
