import pg from 'pg'
import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { until } from '../../e2e/until.ts'
import { firstIdAt } from '../load/under-way.ts'
import { tableOf } from '../table.ts'
import { copyRows, type Examples } from './copy-rows.ts'
import { goods } from './goods.ts'
import type { BenchShop } from './shop.ts'

const perRequest = 50

export interface Grown {
  /** Of each database: rows by table, and its size. */
  readonly table: string
}

/**
 * Gives a shop so many orders that ended well, some time ago, as if it had taken them itself: an order of each customer runs
 * through the services, and its rows, whatever they are, are copied under other ids by SQL. Then everything is vacuumed and
 * analysed, as it would be after so long.
 * @param o.beganMs when the oldest began, and over how long they are spread
 */
export async function grow(
  shop: BenchShop,
  o: {
    readonly sagas: number
    readonly beganMs: number
    readonly spreadMs: number
    readonly say: (line: string) => void
  },
): Promise<Grown> {
  const examples = await placeExamples(shop)
  const copies = Math.ceil(o.sagas / examples.ids.length)
  const told = { ...examples, copies, beganMs: o.beganMs, spreadMs: o.spreadMs }
  const sections = await Promise.all(
    serviceNames.map(async name => {
      const client = new pg.Client({ connectionString: shop.databases[name], application_name: 'bench-grow' })
      await client.connect()
      try {
        const tables = await copyRows(client, told)
        await keepBooks(client, name, copies)
        await client.query('vacuum analyze')
        o.say(`${name} has grown`)
        return [name, await sizesOf(client, tables)] as const
      } finally {
        await client.end()
      }
    }),
  )
  const rows = sections.flatMap(([name, sizes]) => sizes.map(size => [name, ...size]))
  return { table: tableOf([['database', 'table', 'rows', 'MB'], ...rows]) }
}

/** One order of each customer, run to its end: nothing else is in the shop. */
async function placeExamples(shop: BenchShop): Promise<Examples> {
  const since = firstIdAt(Date.now())
  const { customers, skus } = goods
  for (let at = 0; at < customers.length; at += perRequest) {
    const orders = customers.slice(at, at + perRequest).map((customerId, i) => ({
      ...{ idempotencyKey: `example-${at + i}`, customerId, currency: 'EUR' },
      lines: [{ sku: skus[at + i]!, quantity: 1 }],
    }))
    const body = JSON.stringify({ orders })
    await until('the examples are taken', async () => {
      const answer = await fetch(`${shop.orderUrls[0]}/orders/batch`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
      })
      const { results } = (await answer.json()) as { results?: { status: number }[] }
      return results?.every(({ status }) => status === 202)
    })
  }
  const violations = await shop.violationsAtRest(new Date(Date.now() - 60_000))
  if (violations.length > 0) throw new Error(`the examples are wrong: ${violations.join('\n')}`)
  const { rows } = await shop.orders.query<{ id: string }>(
    `select order_id::text as id from orders where order_id >= $1 and status = 'CONFIRMED' and settled order by order_id`,
    [since],
  )
  return { ids: rows.map(({ id }) => id) }
}

/** Stock and accounts are the sums of what was copied: each example is there once more for each copy. */
async function keepBooks(client: pg.Client, name: ServiceName, copies: number): Promise<void> {
  if (name === 'inventory')
    await client.query('update stock set sold = sold * ($1 + 1), on_hand = received - reserved - sold * ($1 + 1)', [
      copies,
    ])
  if (name === 'balance')
    await client.query(
      `update accounts set deducted_minor = deducted_minor * ($1 + 1),
         balance_minor = deposited_minor - deducted_minor * ($1 + 1) + refunded_minor`,
      [copies],
    )
}

async function sizesOf(client: pg.Client, tables: readonly string[]): Promise<string[][]> {
  const { rows } = await client.query<{ name: string; rows: number; bytes: number }>(
    `select oid::regclass::text as name, reltuples::float8 as rows, pg_total_relation_size(oid)::float8 as bytes
     from pg_class where oid = any($1::regclass[]) order by name`,
    [tables],
  )
  return rows.map(({ name, rows: count, bytes }) => [name, count.toFixed(0), (bytes / 1_048_576).toFixed(0)])
}
