import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilConsumed } from './consumed.ts'
import { auditShop, violationsOf } from './invariants.ts'
import { sum } from './metrics.ts'
import { type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { settled, stage } from './stage.ts'
import { until } from './until.ts'

let shop: RunningShop
let recorder: Recorder

beforeAll(async () => {
  shop = await runShop('failing', { environment: { RETRY_MAX_ATTEMPTS: '3', STOCK_RELEASE_DELAY: '500ms' } })
  recorder = await record(shop)
}, 120_000)
afterAll(async () => {
  await recorder?.end()
  await shop?.end()
})

const logOf = async (service: 'balance' | 'inventory', orderId: string) =>
  shop.query(
    service,
    `select operation, status, error_code, attempts from saga.saga_log where saga_id = $1 order by created_at, operation`,
    [orderId],
  )

test('a step that always fails is tried as often as allowed, then a letter; the saga waits, others flow, a cancel ends it', async () => {
  const [ill, well] = [await stage(shop), await stage(shop)]
  await shop.query(
    'balance',
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk of this account is full'; end $$`,
  )
  await shop.query(
    'balance',
    `create trigger refuse before update on accounts for each row when (new.customer_id = '${ill.customer}') execute function refuse()`,
  )
  const orderId = await ill.order([{ sku: ill.sku, quantity: 1 }])
  // Those of the same batches are not held up by it, nor counted as failed.
  const others = await Promise.all(Array.from({ length: 5 }, () => well.order([{ sku: well.sku, quantity: 1 }])))
  for (const other of others) expect(await settled(shop, other)).toMatchObject({ status: 'CONFIRMED' })

  await until('the step is dead', async () => (await logOf('balance', orderId))[0]?.status === 'dead')
  expect(await logOf('balance', orderId)).toEqual([
    { operation: 'deduct_balance', status: 'dead', error_code: 'sqlstate-P0001', attempts: 3 },
  ])
  const letters = await until('its letter is published', async () => {
    await recorder.caughtUp()
    return recorder.letters('balance').length > 0 && recorder.letters('balance')
  })
  expect(letters).toHaveLength(1)
  const reserved = (await recorder.events(orderId)).find(event => event.type === 'StockReserved')!
  expect(letters[0]!.value?.equals(reserved.value!)).toBe(true)
  expect(letters[0]!.key?.equals(reserved.key!)).toBe(true)
  const headers = Object.fromEntries(Object.entries(letters[0]!.headers).map(([name, value]) => [name, String(value)]))
  expect(headers).toMatchObject({
    ...Object.fromEntries(Object.entries(reserved.headers).map(([name, value]) => [name, String(value)])),
    ...{ 'dlq-id': `${orderId}/reserve_stock/action`, 'dlq-deaths': '1', 'dlq-status': 'dead' },
    ...{ 'dlq-service': 'balance', 'dlq-step': 'deduct_balance', 'dlq-direction': 'action', 'dlq-attempts': '3' },
    ...{ 'dlq-error-code': 'sqlstate-P0001', 'dlq-error-message': 'the disk of this account is full' },
    'kafka_dlt-original-topic': `${shop.topicPrefix}inventory.events.v1`,
    'kafka_dlt-original-partition': String(reserved.partition),
    'kafka_dlt-original-offset': String(reserved.offset),
  })
  const samples = await until('the gauge has been refreshed', async () => {
    const samples = await shop.metrics('balance')
    return sum(samples, 'saga_dead_letters') === 1 && samples
  })
  expect(sum(samples, 'saga_failed_total', { step: 'deduct_balance', reason: 'dead' })).toBe(1)
  expect(sum(samples, 'saga_retries_total', { step: 'deduct_balance' })).toBe(2)
  expect(sum(samples, 'saga_steps_total', { step: 'deduct_balance', outcome: 'failed' })).toBe(2)
  expect((await shop.client.order(orderId)).status).toBe('PENDING')
  expect(violationsOf(await auditShop(shop.pools, { atRest: true }))).toEqual([])

  // Rule 12: what undoes the dead action closes it, and answers for it.
  await shop.client.cancel(orderId)
  expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
  expect(await logOf('balance', orderId)).toMatchObject([
    { operation: 'deduct_balance', status: 'skipped' },
    { operation: 'undo deduct_balance', status: 'succeeded' },
  ])
  await ill.expectMoney({ balanceMinor: 10_000, deductedMinor: 0 })
  await ill.expectStock({ onHand: 10, reserved: 0 })
  await recorder.caughtUp()
  const closed = await until('the letter is closed', async () => {
    await recorder.caughtUp()
    return recorder.letters('balance')[1]
  })
  expect(closed.value).toBeNull()
  expect(String(closed.headers['dlq-status'])).toBe('closed')
  expect(String(closed.headers['dlq-id'])).toBe(`${orderId}/reserve_stock/action`)
  expect(closed.partition).toBe(letters[0]!.partition)
  await until('no letter is open', async () => sum(await shop.metrics('balance'), 'saga_dead_letters') === 0)
})

test('what comes behind a dead step in its saga is parked, and nothing else is', async () => {
  const [ill, well] = [await stage(shop), await stage(shop)]
  await shop.query('inventory', `alter table stock add constraint never_sold check (sold = 0 or sku <> '${ill.sku}')`)
  const orderId = await ill.order([{ sku: ill.sku, quantity: 2 }])
  await until('commit_stock is dead', async () =>
    (await logOf('inventory', orderId)).some(row => row.operation === 'commit_stock' && row.status === 'dead'),
  )
  const before = sum(await shop.metrics('inventory'), 'saga_steps_total', { outcome: 'parked' })
  await shop.client.refund(orderId)
  await until('BalanceRefunded is parked', async () => {
    const samples = await shop.metrics('inventory')
    return sum(samples, 'saga_parked') === 1 && sum(samples, 'saga_steps_total', { outcome: 'parked' }) === before + 1
  })
  const other = await well.order([{ sku: well.sku, quantity: 2 }])
  expect(await settled(shop, other)).toMatchObject({ status: 'CONFIRMED' })
  await untilConsumed(shop, ['inventory', 'order', 'balance'])

  expect(await logOf('inventory', orderId)).toEqual([
    { operation: 'reserve_stock', status: 'succeeded', error_code: null, attempts: 1 },
    { operation: 'commit_stock', status: 'dead', error_code: 'sqlstate-23514', attempts: 3 },
  ])
  expect((await shop.client.order(orderId)).status).toBe('REFUNDING')
  await ill.expectStock({ onHand: 8, reserved: 2, sold: 0 })
  await ill.expectMoney({ balanceMinor: 10_000, deductedMinor: 500, refundedMinor: 500 })
  const audit = await auditShop(shop.pools, { atRest: true })
  expect(violationsOf(audit)).toEqual([])
  expect(audit).toMatchObject({ sagas: { blocked: 1 }, backlog: { inventory: { openLetters: 1, unfinished: 1 } } })
})
