import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createKafka } from '../../shared/src/kafka/client.ts'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { type Acknowledged, placeOrders, seedGoods } from '../e2e/load.ts'
import { type RunningConsole, runConsole } from '../e2e/running-console.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'

let shop: RunningShop
let running: RunningConsole | undefined
beforeAll(async () => {
  shop = await runShop('beside', { environment: { STOCK_RELEASE_DELAY: '500ms' } })
}, 120_000)
afterAll(async () => {
  await running?.end()
  await shop?.end()
})

vi.setConfig({ testTimeout: 180_000 })

/** Where each partition of the shop's topics ends. */
async function ends(): Promise<Record<string, number>> {
  const admin = createKafka({ clientId: 'ends', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter(topic => topic.startsWith(shop.topicPrefix)).toSorted()
    const found = await Promise.all(
      topics.map(async topic =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high }): [string, number] => [
          `${topic}/${partition}`,
          Number(high),
        ]),
      ),
    )
    return Object.fromEntries(found.flat())
  } finally {
    await admin.disconnect()
  }
}

test('it knows every order as the shop knows it, has written to no topic, and is not missed', async () => {
  const goods = await seedGoods(shop.client)
  const acknowledged: Acknowledged = new Map()
  const order = (orders: number) => placeOrders(shop, goods, { orders, together: 10, acknowledged })
  await order(40)
  const { sagas } = await expectAllSettled(shop, { acknowledged })
  const before = await ends()

  running = await runConsole(shop)
  const { query, get } = running
  const endings = async () =>
    Object.fromEntries(
      (await query(`select ending, count(*)::integer as n from sagas where state = 'settled' group by ending`)).map(
        row => [row.ending, row.n],
      ),
    )
  const told = Object.fromEntries(Object.entries(sagas.endings).map(([ending, { settled }]) => [ending, settled]))
  await until(
    'it knows how all have ended',
    async () => JSON.stringify(sorted(await endings())) === JSON.stringify(sorted(told)),
    {
      seen: async () => ({ endings: await endings(), told }),
    },
  )
  expect(await get('/api/counts?hours=1')).toMatchObject({ settled: 40, open: 0, blocked: 0, openLetters: 0 })
  const published = Object.entries(before).flatMap(([partition, end]) => (partition.includes('.events.') ? end : []))
  expect(await query('select count(*)::integer as n from events')).toEqual([
    { n: published.reduce((sum, n) => sum + n) },
  ])
  const [{ saga_id: refunded }] = await query(`select saga_id from sagas where ending = 'REFUNDED' limit 1`)
  const { steps, awaited, verdict, silent } = await get(`/api/sagas/${refunded}`)
  expect({ awaited, verdict, silent }).toEqual({ awaited: [], verdict: 'settled', silent: [] })
  expect(steps.map((step: { operation: string }) => step.operation)).toEqual(
    expect.arrayContaining(['place_order', 'undo deduct_balance', 'undo reserve_stock', 'finish_refund']),
  )
  expect(await ends()).toEqual(before)

  await running.end()
  running = undefined
  await order(10)
  await expectAllSettled(shop, { acknowledged })
})

const sorted = (counts: Readonly<Record<string, number>>) => Object.entries(counts).toSorted()
