import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import type { ServiceName } from '../../infra/shop/topics.ts'
import { startBroker } from '../faults/own-broker.ts'
import { expectAllSettled } from './at-rest.ts'
import { type Acknowledged, placeOrders, seedGoods } from './load.ts'
import { sum } from './metrics.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { ask } from './shop-client.ts'
import { until } from './until.ts'

let shop: RunningShop | undefined
afterEach(async () => {
  await shop?.end()
  shop = undefined
})

describe('a database that is away', () => {
  const admin = new pg.Pool({ connectionString: inject('adminUrl'), max: 1 })
  afterAll(() => admin.end())

  /** Refuses connections to a service's database and breaks those that are open. */
  async function setAway(database: string, isAway: boolean): Promise<void> {
    const name = new URL(database).pathname.slice(1)
    await admin.query(`alter database ${name} allow_connections ${!isAway}`)
    if (isAway) await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  }

  test.each<{ name: ServiceName }>([{ name: 'order' }, { name: 'inventory' }, { name: 'balance' }])(
    '$name pauses under load, counts no try, and goes on',
    async ({ name }) => {
      const running = await runShop(`away${name}`, {
        environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'error' },
      })
      shop = running
      const goods = await seedGoods(running.client)
      const acknowledged: Acknowledged = new Map()
      const load = placeOrders(running, goods, { orders: 150, together: 30, acknowledged })
      await until('the load has begun', () => acknowledged.size >= 30, { everyMs: 5 })
      await setAway(running.databases[name], true)
      await until(`${name} says that it is paused`, async () => {
        const samples = await running.metrics(name)
        return sum(samples, 'saga_paused', { cause: 'database' }) === 1
      })
      const { url } = running.services[name]
      expect((await ask(url, 'GET', '/readyz')).status).toBe(503)
      expect((await ask(url, 'GET', '/livez')).status).toBe(200)
      const refused = await ask(url, 'POST', commandOf[name]!.path, { body: commandOf[name]!.body })
      expect(refused).toMatchObject({ status: 503, body: { code: 'database-unavailable' } })
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      await setAway(running.databases[name], false)

      await load
      await expectAllSettled(running, { acknowledged })
      const samples = await running.metrics(name)
      expect(sum(samples, 'saga_paused', { cause: 'database' })).toBe(0)
      expect(sum(samples, 'saga_retries_total')).toBe(0)
      expect(sum(samples, 'saga_steps_total', { outcome: 'failed' })).toBe(0)
      const tries = await running.query(name, 'select max(attempts) as most from saga.saga_log')
      expect(tries).toEqual([{ most: 1 }])
    },
    120_000,
  )
  const customerId = 'nobody'
  const commandOf: Readonly<Partial<Record<ServiceName, { path: string; body: object }>>> = {
    order: { path: '/orders', body: { customerId, currency: 'EUR', lines: [{ sku: 'none', quantity: 1 }] } },
    inventory: { path: '/stock/none/receipts', body: { quantity: 1 } },
    balance: { path: `/accounts/${customerId}/deposits`, body: { amountMinor: 1, currency: 'EUR' } },
  }
})

test('with Kafka away orders are taken until the outbox is full, then refused; with Kafka back they all end', async () => {
  const outboxMax = 20
  const own = await startBroker()
  try {
    const running = await runShop('nokafka', {
      ground: { brokers: [own.address], registryUrl: inject('registryUrl'), adminUrl: inject('adminUrl') },
      environment: { OUTBOX_MAX: String(outboxMax), LOG_LEVEL: 'error' },
    })
    shop = running
    const goods = await seedGoods(running.client)
    const body = { customerId: goods.rich[0], currency: 'EUR', lines: [{ sku: goods.skus[0], quantity: 1 }] }
    const { url } = running.services.order
    const acknowledged: Acknowledged = new Map()

    await own.broker.kill()
    const refused = await until(
      'an order is refused, since the outbox is full',
      async () => {
        const answer = await ask(url, 'POST', '/orders', { body })
        if (answer.status !== 202) return answer
        acknowledged.set(answer.body.orderId, 'plain')
        return undefined
      },
      { everyMs: 1, seen: () => acknowledged.size },
    )
    expect(refused).toMatchObject({ status: 503, body: { code: 'outbox-full' } })
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect(acknowledged.size).toBeGreaterThanOrEqual(outboxMax)
    const [outbox] = await running.query('order', 'select count(*) from saga.outbox')
    expect(outbox.count).toBe(acknowledged.size)
    expect((await ask(url, 'GET', `/orders/${[...acknowledged.keys()][0]}`)).body.status).toBe('PENDING')
    expect((await ask(url, 'GET', '/livez')).status).toBe(200)
    expect((await ask(url, 'GET', '/readyz')).status).toBe(503)

    await own.broker.restart()
    const key = randomUUID()
    const accepted = await until('orders are taken again', async () => {
      const answer = await ask(url, 'POST', '/orders', { body, key })
      return answer.status === 202 && answer
    })
    acknowledged.set(accepted.body.orderId, 'plain')
    const { sagas } = await expectAllSettled(running, { acknowledged, limitMs: 90_000 })
    expect(sagas.endings).toEqual({ CONFIRMED: { settled: acknowledged.size, open: 0 } })
  } finally {
    await shop?.end()
    shop = undefined
    await own.destroy()
  }
}, 180_000)
