import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from '../e2e/load.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { catchUp, copyUnderLoad, loseToCopy, named } from './older-copy.ts'
import { rewind } from './rewind.ts'

let shop: RunningShop
let goods: Goods
const acknowledged: Acknowledged = new Map()
const recover = join(import.meta.dirname, '../../services/order/src/recover.ts')

beforeAll(async () => {
  shop = await runShop('oldorder', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

test('order, restored from an older copy, does not know orders that others have served; from its own topic it does', async () => {
  const since = await copyUnderLoad(shop, 'order', goods, acknowledged)
  await placeOrders(shop, goods, { orders: 80, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
  const orders = await ordersNow()

  await loseToCopy(shop, 'order')
  const copied = await ordersNow()
  const unknown = [...orders.keys()].filter(orderId => !copied.has(orderId))
  const behind = [...copied].filter(([orderId, row]) => orders.get(orderId) !== row)
  console.log(`unknown: ${unknown.length} of ${orders.size} orders; ${behind.length} as they were before they ended`)
  expect(unknown.length).toBeGreaterThan(50)
  expect(behind.length).toBeGreaterThan(0)
  const { disagree, ...rest } = await named(shop)
  expect(rest).toEqual({ unknown: unknown.toSorted(), other: [] })
  const behindIds = new Set(behind.map(([orderId]) => orderId))
  expect(disagree.filter(orderId => !behindIds.has(orderId))).toEqual([])

  // In a copy that is an hour old, the timeouts of what was pending then are long due.
  const due = await shop.query(
    'order',
    `update saga.waiting set due_at = now() - interval '1 hour' where kind = 'timer' returning saga_id`,
  )
  expect(due.length).toBeGreaterThan(0)

  await rewind(shop, 'order', since)
  await catchUp(shop, 'order', ['order.events.v1'], { program: [recover] })
  await catchUp(shop, 'order', ['inventory.events.v1', 'balance.events.v1'])
  await shop.services.order.start()
  await untilConsumed(shop, serviceNames)

  expect(await ordersNow()).toEqual(orders)
  await expectAllSettled(shop, { acknowledged })
  await placeOrders(shop, goods, { orders: 40, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
}, 300_000)

/** What each order says; not since when. */
async function ordersNow(): Promise<Map<string, string>> {
  const rows = await shop.query<{ order_id: string; row: string }>(
    'order',
    `select order_id, row_to_json(o)::text as row from (
       select order_id, customer_id, currency, total_minor, lines, status, reason, settled,
         stock_committed_at is not null as committed, stock_released_at is not null as released,
         stock_returned_at is not null as returned, cancellation_refund_minor, requested_refund_minor
       from orders) o order by order_id`,
  )
  return new Map(rows.map(({ order_id, row }) => [order_id, row]))
}
