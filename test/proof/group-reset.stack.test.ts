import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { keepOrdering } from '../e2e/flowing-orders.ts'
import { type Acknowledged, type Goods, type Kind, placeOrders, seedGoods } from '../e2e/load.ts'
import { sum } from '../e2e/metrics.ts'
import { type Recorder, record } from '../e2e/recorder.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { type CommittedOffsets, committedOffsets } from './committed-offsets.ts'
import { expectedDuplicates } from './expected-duplicates.ts'
import { rewind } from './rewind.ts'

let shop: RunningShop
let recorder: Recorder
let goods: Goods
const acknowledged: Acknowledged = new Map()
const maxBatch = 500

beforeAll(async () => {
  shop = await runShop('reset', {
    environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'info', MAX_BATCH: String(maxBatch) },
  })
  recorder = await record(shop)
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(async () => {
  await recorder?.end()
  await shop?.end()
})

test('a group that is set back to the earliest record while orders flow changes nothing but the counter of duplicates', async () => {
  await placeOrders(shop, goods, { orders: 100, together: 25, acknowledged })
  await expectAllSettled(shop, { acknowledged })
  const ended = [...acknowledged.keys()]
  const before = await stateOf(ended)

  const orders = keepOrdering(shop, goods, { together: 8, acknowledged })
  const done = {} as Record<ServiceName, CommittedOffsets>
  for (const service of serviceNames) {
    const placed = acknowledged.size
    expect(await shop.services[service].stop()).toBe(0)
    done[service] = await committedOffsets(shop, service)
    await rewind(shop, service, 'earliest')
    await shop.services[service].start()
    await until(`orders flow on after ${service} began again`, () => acknowledged.size >= placed + 20)
  }
  await orders.stop()
  await untilConsumed(shop, serviceNames)
  await expectAllSettled(shop, { acknowledged })
  await recorder.caughtUp()

  expect(await stateOf(ended)).toEqual(before)
  expect(await strangeEndings()).toEqual([])
  for (const service of serviceNames) {
    const samples = await shop.metrics(service)
    const steps = (outcome: string) => sum(samples, 'saga_steps_total', { outcome })
    const expected = await expectedDuplicates(shop, recorder, service, done[service])
    console.log(
      `${service}: ${expected.again} finished messages came again; ${steps('duplicate')} duplicates counted, ${joins(service)} joins`,
    )
    expect(expected.again, `finished messages that came to ${service} again`).toBeGreaterThan(100)
    // A member that had to join again, as on a machine that stood still, may have read its last batch twice.
    const twice = maxBatch * (joins(service) - 1)
    expect(steps('duplicate'), `duplicates of ${service}`).toBeGreaterThanOrEqual(expected.duplicates)
    expect(steps('duplicate'), `duplicates of ${service}`).toBeLessThanOrEqual(expected.duplicates + twice)
    for (const outcome of ['failed', 'dead']) expect(steps(outcome), `${service}: ${outcome}`).toBe(0)
    expect(sum(samples, 'saga_retries_total'), service).toBe(0)
    expect(recorder.letters(service), `letters of ${service}`).toEqual([])
  }
}, 240_000)

/** How often the process that runs now has joined its group. */
const joins = (service: ServiceName) =>
  readFileSync(shop.services[service].logFile, 'utf8').split(' is up"').at(-1)!.split('"partitions assigned"').length -
  1

/** All that the services keep of these orders, and how many records their topics have of them. */
async function stateOf(orderIds: readonly string[]) {
  const tables = {
    order: ['orders', 'saga.saga_log'],
    inventory: ['reservations', 'saga.saga_log'],
    balance: ['debits', 'saga.saga_log'],
    notification: ['notifications', 'saga.saga_log'],
  } as const
  const rows: Record<string, unknown[]> = {}
  for (const service of serviceNames)
    for (const table of tables[service]) {
      const key = table === 'saga.saga_log' ? 'saga_id' : 'order_id'
      const found = await shop.query(
        service,
        `select t::text as row from ${table} t where ${key} = any($1) order by 1`,
        [orderIds],
      )
      rows[`${service} ${table}`] = found.map(({ row }) => row)
    }
  await recorder.caughtUp()
  const ids = new Set(orderIds)
  return { ...rows, records: recorder.records.filter(({ key }) => ids.has(String(key))).length }
}

/** Orders that ended in a way that those of their kind do not end. */
async function strangeEndings() {
  const usual: Record<Kind, readonly string[]> = {
    plain: ['CONFIRMED'],
    'out-of-stock': ['CANCELLED stock-rejected'],
    poor: ['CANCELLED balance-rejected'],
    cancelled: ['CANCELLED customer', 'CONFIRMED'],
    refunded: ['REFUNDED'],
  }
  const orders = await shop.query('order', 'select order_id, status, reason from orders')
  return orders
    .map(({ order_id, status, reason }) => ({
      kind: acknowledged.get(order_id),
      ending: status === 'CANCELLED' ? `${status} ${reason}` : status,
    }))
    .filter(({ kind, ending }) => kind && !usual[kind].includes(ending))
}
