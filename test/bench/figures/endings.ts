import type { Pool } from 'pg'

export interface Ending {
  readonly status: string
  /** When the order's last change became visible to others, in milliseconds of this machine's clock; null before it is settled. */
  readonly atMs: number | null
}

/** How the orders with ids in this range ended: by the database's own record of when a transaction committed. */
export async function endingsOf(orders: Pool, firstId: string): Promise<Map<string, Ending>> {
  const endings = new Map<string, Ending>()
  const page = 50_000
  for (let after = firstId; ; ) {
    const { rows } = await orders.query<{ id: string; status: string; at: number | null }>(
      `select order_id::text as id, status,
         case when settled then extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 end as at
       from orders where order_id > $1 order by order_id limit ${page}`,
      [after],
    )
    for (const { id, status, at } of rows) endings.set(id, { status, atMs: at })
    if (rows.length < page) return endings
    after = rows.at(-1)!.id
  }
}
