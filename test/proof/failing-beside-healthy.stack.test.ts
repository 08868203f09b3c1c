import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDue } from '../../shared/src/postgres/find-due.ts'
import { auditShop, violationsOf } from '../e2e/invariants.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from '../e2e/load.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { drill, failingOrders, placeFailing } from './failing-customer.ts'

const failing = 1_000
let shop: RunningShop
let goods: Goods

beforeAll(async () => {
  shop = await runShop('beside', {
    environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'fatal' },
    environmentOf: { balance: { ...drill, RETRY_MAX_ATTEMPTS: '4', RETRY_BASE_DELAY: '1h', RETRY_MAX_DELAY: '1h' } },
  })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

test('a thousand failing sagas stand in nobody’s way, waiting for their next try or dead', async () => {
  await placeFailing(shop.client, goods, { orders: failing, together: 20 })
  await until('all of them have failed', async () => (await failingOrders(shop.pools)).retrying === failing)
  // The wait is drawn from zero on: for some of them it is over already.
  await shop.query('balance', `update saga.waiting set due_at = now() + interval '1 hour' where kind = 'retry'`)
  await expectHealthyOrdersToEnd()
  expect(await failingOrders(shop.pools)).toEqual({ retrying: failing, dead: 0 })
  expect(await rowsLookedAt()).toEqual({ due: 0, lookedAt: 0 })

  // Their last tries are due at once; then they are dead.
  await until('all of them are dead', async () => {
    await shop.query('balance', `update saga.waiting set due_at = now() where kind = 'retry' and due_at > now()`)
    return (await failingOrders(shop.pools)).dead === failing
  })
  await expectHealthyOrdersToEnd()
  expect(await rowsLookedAt()).toEqual({ due: 0, lookedAt: 0 })
  expect(violationsOf(await auditShop(shop.pools))).toEqual([])
}, 180_000)

async function expectHealthyOrdersToEnd(): Promise<void> {
  const acknowledged: Acknowledged = new Map()
  await placeOrders(shop, goods, { orders: 100, together: 20, acknowledged })
  await until('all healthy orders are settled', async () => {
    const open = await shop.query('order', 'select from orders where order_id = any($1) and not settled', [
      [...acknowledged.keys()],
    ])
    return open.length === 0
  })
}

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

/** What the engine's own query for due rows touches, as PostgreSQL tells of running it. */
async function rowsLookedAt() {
  await shop.query('balance', 'analyze saga.waiting')
  let plan: Plan | undefined
  const explaining = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const [row] = await shop.query('balance', `explain (analyze, format json) ${text}`, values)
      plan = row['QUERY PLAN'][0].Plan
      return { rows: [] }
    },
  }
  await findDue(explaining as unknown as pg.Pool, [0, 1, 2, 3], 500, ['StockReserved'])
  const scans = scansOf(plan!)
  return {
    due: plan!['Actual Rows'],
    lookedAt: scans.reduce((sum, scan) => sum + scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0), 0),
  }
}
const scansOf = (plan: Plan): Plan[] => [
  ...(plan['Relation Name'] === undefined ? [] : [plan]),
  ...(plan.Plans ?? []).flatMap(scansOf),
]
