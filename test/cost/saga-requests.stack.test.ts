import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase } from '../../infra/local/databases.ts'
import { createShopTopics, type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import { type Service, startService } from '../../shared/src/runtime/service.ts'
import { participants } from '../e2e/participants.ts'
import { shopClient } from '../e2e/shop-client.ts'
import { until } from '../e2e/until.ts'
import { type LossyProxy, startProxy } from '../faults/tcp-proxy.ts'
import { countRequests } from './count-requests.ts'

const [host, port] = inject('brokers')[0]!.split(':') as [string, string]
const prefix = `requests${randomBytes(3).toString('hex')}`
let proxy: LossyProxy
const running: { readonly name: ServiceName; readonly service: Service; readonly pool: Pool }[] = []

beforeAll(async () => {
  proxy = await startProxy({ host, port: Number(port) })
  const topics = { prefix: `${prefix}.`, partitions: 4 }
  await createShopTopics({ brokers: [`${host}:${port}`], ...topics, replicationFactor: 1 })
  for (const name of serviceNames) {
    const folder = new URL(`../../services/${name}/`, import.meta.url)
    const { routes } = await import(new URL('src/routes.ts', folder).href)
    const url = await createDatabase(inject('adminUrl'), `${prefix}_${name}`)
    const service = await startService(participants[name], {
      ...{ routes, migrations: new URL('migrations/', folder), redirect: () => ({ host, port: proxy.port }) },
      environment: {
        ...{ DATABASE_URL: url, KAFKA_BROKERS: `${host}:${port}`, SCHEMA_REGISTRY_URL: inject('registryUrl') },
        ...{ TOPIC_PREFIX: topics.prefix, TOPIC_PARTITIONS: String(topics.partitions) },
        ...{ PORT: '0', LOG_LEVEL: 'silent' },
      },
    })
    running.push({ name, service, pool: createPool({ url, poolSize: 1, applicationName: 'test' }) })
  }
}, 120_000)
afterAll(async () => {
  await Promise.all(running.flatMap(({ service, pool }) => [service.stop(), pool.end()]))
  await proxy.close()
})

/** Rows that are not yet with the broker, or not yet seen to be. */
async function inOutboxes(): Promise<number> {
  const found = await Promise.all(running.map(({ pool }) => pool.query('select from saga.outbox')))
  return found.reduce((rows, { rowCount }) => rows + rowCount!, 0)
}

/**
 * Exact for an order alone: each of its events has a transaction of its own, which nothing else can share, and its partition is free
 * when it is sent. Of many at once it is not: a fetch is answered as soon as something is there, so that their batches depend on time.
 * Nor are fetches and commits of offsets, which come of themselves.
 */
test('a saga alone is a produce request for each of its events, and nobody waits for more to fetch', async () => {
  const urls = Object.fromEntries(running.map(({ name, service }) => [name, `http://127.0.0.1:${service.port}`]))
  const client = shopClient(urls as Record<ServiceName, string>)
  const asked = countRequests(proxy, /\.events\.v1\//)
  await client.setPrice('tea', 100)
  await client.receiveStock('tea', 1)
  await client.deposit('ann', 100)
  await client.setContact('ann')
  const { orderId } = await client.placeOrder({ customerId: 'ann', lines: [{ sku: 'tea', quantity: 1 }] })
  await until('it is settled', async () => (await client.order(orderId, { waitSeconds: 5 })).settled)
  await until('it is notified', async () => (await client.notifications(orderId)).length === 1)
  await until('all is published', async () => (await inOutboxes()) === 0)
  // OrderPlaced, StockReserved, BalanceDeducted, OrderConfirmed, StockCommitted, NotificationSent.
  const { produce, fetchMinBytes } = asked
  expect({ produce, fetchMinBytes: [...fetchMinBytes] }).toEqual({ produce: 6, fetchMinBytes: [1] })
})
