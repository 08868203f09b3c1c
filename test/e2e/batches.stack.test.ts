import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAllSettled } from './at-rest.ts'
import { type Goods, seedGoods } from './load.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { ask } from './shop-client.ts'

let shop: RunningShop
let goods: Goods
beforeAll(async () => {
  // What the kit's record codec writes kafkajs' reads, and the other way round.
  const stock = { KAFKA_RECORD_CODEC: 'stock' }
  shop = await runShop('batches', {
    environment: { LOG_LEVEL: 'error' },
    environmentOf: { inventory: stock, notification: stock },
  })
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(() => shop?.end())

interface Result {
  readonly status: number
  readonly body: { readonly orderId?: string; readonly code?: string }
}
const batch = async (orders: readonly object[]): Promise<Result[]> => {
  const { status, body } = await ask(shop.services.order.url, 'POST', '/orders/batch', { body: { orders } })
  expect(status).toBe(200)
  return body.results
}
const orderOf = (more: object = {}) => ({
  customerId: goods.rich[0]!,
  currency: 'EUR',
  lines: [{ sku: goods.skus[0]!, quantity: 1 }],
  ...more,
})
const orders = async () => (await shop.query<{ count: number }>('order', 'select count(*)::int from orders'))[0]!.count
/** Transactions in which the order service took commands. */
const transactions = async () => {
  const samples = await shop.metrics('order')
  return samples
    .filter(({ name, labels }) => name === 'saga_batch_size_count' && labels.source === 'http')
    .reduce((total, { value }) => total + value, 0)
}

test('a hundred orders are placed in one transaction, and all of them end', async () => {
  const before = { orders: await orders(), transactions: await transactions() }
  const results = await batch(Array.from({ length: 100 }, () => ({ idempotencyKey: randomUUID(), ...orderOf() })))
  expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 202))
  expect(new Set(results.map(({ body }) => body.orderId)).size).toBe(100)
  expect(await orders()).toBe(before.orders + 100)
  expect(await transactions()).toBe(before.transactions + 1)
  await expectAllSettled(shop)
})

test('each has its own answer, and one that is refused changes nothing for the others', async () => {
  const before = await orders()
  const [twice, fine] = [randomUUID(), randomUUID()]
  const results = await batch([
    { idempotencyKey: twice, ...orderOf() },
    { idempotencyKey: randomUUID(), ...orderOf({ lines: [{ sku: 'no-price', quantity: 1 }] }) },
    { idempotencyKey: twice, ...orderOf() },
    { idempotencyKey: twice, ...orderOf({ customerId: goods.rich[1]! }) },
    { idempotencyKey: randomUUID(), ...orderOf({ lines: [] }) },
    { idempotencyKey: fine, ...orderOf() },
  ])
  expect(results.map(({ status, body }) => body.code ?? status)).toEqual([
    ...[202, 'no-price', 202, 'idempotency-key-reused', 'body-invalid', 202],
  ])
  // The same key twice in a batch is one order.
  expect(results[2]).toEqual(results[0])
  expect(await orders()).toBe(before + 2)
  await expectAllSettled(shop)
})

test('a repeat may come by either route, in another batch, and gets its first answer', async () => {
  const [a, b] = [randomUUID(), randomUUID()]
  const [byBatch] = await batch([{ idempotencyKey: a, ...orderOf() }])
  const bySelf = await ask(shop.services.order.url, 'POST', '/orders', { key: b, body: orderOf() })
  const before = await orders()

  expect((await ask(shop.services.order.url, 'POST', '/orders', { key: a, body: orderOf() })).body).toEqual(
    byBatch!.body,
  )
  const again = await batch([
    { idempotencyKey: b, ...orderOf() },
    { idempotencyKey: a, ...orderOf() },
  ])
  expect(again).toEqual([
    { status: 202, body: bySelf.body },
    { status: 202, body: byBatch!.body },
  ])
  const other = await batch([{ idempotencyKey: a, ...orderOf({ customerId: goods.rich[1]! }) }])
  expect(other).toMatchObject([{ status: 422, body: { code: 'idempotency-key-reused' } }])
  expect(await orders()).toBe(before)
  await expectAllSettled(shop)
})
