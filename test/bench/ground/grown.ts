import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import pg from 'pg'
import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { firstSagaIdAt } from '../../../shared/src/core/ids.ts'
import { until } from '../../e2e/until.ts'
import { tableOf } from '../table.ts'
import { copyRows, type Examples } from './copy-rows.ts'
import { goods } from './goods.ts'
import type { BenchShop } from './shop.ts'
import type { BenchStack } from './stack.ts'

const perRequest = 50
/** One for each core of a small machine; more would read again what the others have pushed out of memory. */
const databasesAtOnce = 2

/** Of PostgreSQL while the rows are made. What breaks then is made anew, so nothing has to outlive a crash. */
const whileGrowing = {
  ...{ wal_level: 'minimal', max_wal_senders: '0', fsync: 'off', full_page_writes: 'off', autovacuum: 'off' },
  ...{ maintenance_work_mem: '1GB', max_parallel_maintenance_workers: '0' },
}

export interface Grown {
  /** Of each database: rows by table, and its size. */
  readonly table: string
}

/**
 * Gives a shop so many orders that ended well, some time ago, as if it had taken them itself: an order of each customer runs
 * through the services, and its rows, whatever they are, are copied under other ids by SQL. Then everything is vacuumed and
 * analysed, as it would be after so long. PostgreSQL is started anew before and behind it, and the shop's services with it: no
 * other shop may be up.
 * @param o.beganMs when the oldest began, and over how long they are spread
 */
export async function grow(
  shop: BenchShop,
  o: {
    readonly ground: BenchStack
    readonly sagas: number
    readonly beganMs: number
    readonly spreadMs: number
    readonly say: (line: string) => void
  },
): Promise<Grown> {
  const examples = await placeExamples(shop)
  const copies = Math.ceil(o.sagas / examples.ids.length)
  const services = Object.values(shop.instances).flat()
  await Promise.all(services.map(service => service.stop()))
  const sections = await withSettings(o.ground, whileGrowing, async () => {
    const sizes = new Map<ServiceName, string[][]>()
    const left = [...serviceNames]
    async function growNext(): Promise<void> {
      for (let name = left.shift(); name; name = left.shift()) {
        sizes.set(name, await growDatabase(shop.databases[name], name, { ...examples, ...o, copies }))
        o.say(`${name} has grown`)
      }
    }
    await Promise.all(Array.from({ length: databasesAtOnce }, growNext))
    return sizes
  })
  // What the system still holds back would be written while something is measured.
  await promisify(execFile)('sync')
  await Promise.all(services.map(service => service.start()))
  const rows = serviceNames.flatMap(name => sections.get(name)!.map(size => [name, ...size]))
  return { table: tableOf([['database', 'table', 'rows', 'MB'], ...rows]) }
}

async function withSettings<T>(
  { admin, stack }: BenchStack,
  settings: Readonly<Record<string, string>>,
  use: () => Promise<T>,
): Promise<T> {
  for (const [name, value] of Object.entries(settings)) await admin.query(`alter system set ${name} = '${value}'`)
  await stack.database.restart()
  const used = await use()
  for (const name of Object.keys(settings)) await admin.query(`alter system reset ${name}`)
  await stack.database.restart()
  return used
}

/** Gives its sizes. */
async function growDatabase(
  url: string,
  name: ServiceName,
  o: Parameters<typeof copyRows>[1] & { readonly say: (line: string) => void },
): Promise<string[][]> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench-grow' })
  await client.connect()
  try {
    const before = await schemaOf(client)
    const tables = await copyRows(client, o)
    await keepBooks(client, name, o.copies)
    await client.query('vacuum analyze')
    if ((await schemaOf(client)) !== before) throw new Error(`${name}'s tables are not what the migrations made`)
    return await sizesOf(client, tables)
  } finally {
    await client.end()
  }
}

/** All indexes and constraints, as text. */
async function schemaOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ line: string }>(
    `select indexdef as line from pg_indexes where schemaname in ('public', 'saga') union all
     select format('%s %s %s %s', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) from pg_constraint
     where connamespace in ('public'::regnamespace, 'saga'::regnamespace) order by line`,
  )
  return rows.map(({ line }) => line).join('\n')
}

/** One order of each customer, run to its end: nothing else is in the shop. */
async function placeExamples(shop: BenchShop): Promise<Examples> {
  const since = firstSagaIdAt(Date.now())
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
