import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from '../e2e/load.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { catchUp, copyUnderLoad, instead, loseToCopy, named } from './older-copy.ts'
import { rewind } from './rewind.ts'

let shop: RunningShop
let goods: Goods
const acknowledged: Acknowledged = new Map()

beforeAll(async () => {
  shop = await runShop('oldstock', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'warn' } })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

test('inventory, restored from an older copy, forgets reservations; set back by the runbook it makes them again', async () => {
  const since = await copyUnderLoad(shop, 'inventory', goods, acknowledged)
  // Goods that came in after the copy: the warehouse has the record, and nobody else.
  const comeIn = () => shop.client.receiveStock('new-sku', 10_000, { key: 'delivery-1' })
  await shop.client.setPrice('new-sku', 100)
  await comeIn()
  await placeOrders(shop, { ...goods, skus: ['new-sku'] }, { orders: 20, together: 5, acknowledged })
  await placeOrders(shop, goods, { orders: 60, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
  const stock = await stockNow()

  await loseToCopy(shop, 'inventory')
  const { disagree, ...rest } = await named(shop)
  console.log(`the audit names ${disagree.length} of ${acknowledged.size} orders`)
  expect(disagree.length).toBeGreaterThan(50)
  expect(rest).toEqual({ unknown: [], other: [] })

  await instead(shop, 'inventory', { environment: { INTAKE: 'none' } }, comeIn)
  await rewind(shop, 'inventory', since)
  await catchUp(shop, 'inventory', ['order.events.v1'])
  await shop.services.inventory.start()
  await untilConsumed(shop, serviceNames)
  // The orders are settled long since, whether their stock is still on hold again or not.
  await until('what was cancelled is held no longer', async () => (await pendingTimers()) === 0)
  await expectAllSettled(shop, { acknowledged })
  expect(await stockNow()).toEqual(stock)

  await placeOrders(shop, goods, { orders: 40, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
}, 300_000)

const pendingTimers = async () =>
  (await shop.query('inventory', `select count(*) from saga.waiting where kind = 'timer'`))[0].count
const stockNow = () => shop.query('inventory', 'select * from stock order by sku')
