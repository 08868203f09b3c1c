import { randomBytes, randomUUID } from 'node:crypto'
import { BalanceRefunded, StockReserved } from 'shop-schemas'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKafka } from '../../shared/src/kafka/client.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { untilConsumed } from './consumed.ts'
import { type Handmade, type HandPublisher, handPublisher } from './hand-publisher.ts'
import { sum } from './metrics.ts'
import { type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { until } from './until.ts'

let shop: RunningShop
let recorder: Recorder
let byHand: HandPublisher
const customerId = 'ada'

beforeAll(async () => {
  shop = await runShop('badrecords', { start: ['balance'] })
  recorder = await record(shop)
  byHand = await handPublisher(shop)
  await shop.client.deposit(customerId, 1_000_000)
}, 120_000)
afterAll(async () => {
  await byHand?.end()
  await recorder?.end()
  await shop?.end()
})

/** An order's reservation, for which balance deducts 10. */
function healthy(headers: Handmade['headers'] = {}): Handmade & { readonly orderId: string } {
  const orderId = newSagaId()
  const lines = [{ sku: 'lamp', quantity: 1 }]
  const event = StockReserved({ orderId, customerId, currency: 'EUR', totalMinor: 10, lines })
  const made = byHand.event(event, { id: `${orderId}/reserve_stock/action` })
  return { ...made, headers: { ...made.headers, ...headers }, orderId }
}

const without = (headers: Handmade['headers'], name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))
const schemaId = (value: Buffer, id: number) => {
  const copy = Buffer.from(value)
  copy.writeUInt32BE(id, 1)
  return copy
}
/** Bytes that are no UTF-8, so that whoever reads them as text changes them. */
const noText = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])

/** By the code that the letter must have. */
const bad: readonly { readonly code: string; readonly what: string; readonly make: () => Handmade }[] = [
  { code: 'undecodable', what: 'bytes of something else', make: () => ({ ...healthy(), value: noText }) },
  { code: 'undecodable', what: 'an empty value', make: () => ({ ...healthy(), value: Buffer.alloc(0) }) },
  {
    code: 'undecodable',
    what: 'a value that ends too early',
    make: () => ({ ...healthy(), value: healthy().value!.subarray(0, 20) }),
  },
  {
    code: 'undecodable',
    what: 'a value with bytes left over',
    make: () => ({ ...healthy(), value: Buffer.concat([healthy().value!, noText]) }),
  },
  {
    code: 'undecodable',
    what: 'huge headers',
    make: () => ({
      ...healthy({ huge: randomBytes(400_000), more: 'x'.repeat(400_000), bytes: noText }),
      value: noText,
    }),
  },
  {
    code: 'unknown-schema-id',
    what: 'the id of a schema that nobody has registered',
    make: () => ({ ...healthy(), value: schemaId(healthy().value!, 2_000_000_000) }),
  },
  { code: 'no-value', what: 'no value', make: () => ({ ...healthy(), value: null }) },
  { code: 'no-key', what: 'no key', make: () => ({ ...healthy(), key: null }) },
  { code: 'key-no-saga-id', what: 'a key that is no UUID', make: () => ({ ...healthy(), key: 'order-1' }) },
  { code: 'key-no-saga-id', what: 'a key of bytes', make: () => ({ ...healthy(), key: noText }) },
  { code: 'key-no-saga-id', what: 'a UUIDv4 as key', make: () => ({ ...healthy(), key: randomUUID() }) },
  { code: 'key-mismatch', what: "another saga's key", make: () => ({ ...healthy(), key: newSagaId() }) },
  {
    code: 'no-event-id',
    what: 'no ce_id',
    make: () => {
      const made = healthy()
      return { ...made, headers: without(made.headers, 'ce_id') }
    },
  },
  { code: 'event-id-too-long', what: 'a ce_id of 1001 characters', make: () => healthy({ ce_id: 'x'.repeat(1_001) }) },
  {
    code: 'type-mismatch',
    what: 'a ce_type that the schema contradicts',
    make: () => healthy({ ce_type: 'shop.order.OrderCancelled' }),
  },
]

const made: { readonly record: Handmade; readonly code: string; readonly what: string }[] = []
const well: string[] = []

test('each bad record is one letter, as it came; healthy sagas on the same partitions flow on', async () => {
  for (const { make, ...rest } of bad) {
    // All in partition 0, each between two healthy ones.
    const [before, after] = [healthy(), healthy()]
    made.push({ ...rest, record: { ...make(), partition: 0 } })
    well.push(before.orderId, after.orderId)
    await byHand.publish({ ...before, partition: 0 }, made.at(-1)!.record, { ...after, partition: 0 })
  }
  await untilConsumed(shop, ['balance'])
  await lettersArrive()

  const debits = await shop.query('balance', 'select order_id from debits')
  expect(debits.map(row => row.order_id).toSorted()).toEqual(well.toSorted())
  expect(await shop.client.account(customerId)).toMatchObject({ deductedMinor: 10 * well.length })

  const letters = recorder.letters('balance')
  for (const { record: sent, code, what } of made) {
    const found = letters.filter(
      letter => letter.headers['dlq-error-code']?.toString() === code && sameBytes(letter, sent),
    )
    expect(found.length, `letters of a record with ${what}`).toBe(1)
    const { key, headers } = found[0]!
    expect(key, what).toEqual(sent.key === null ? null : Buffer.from(sent.key))
    for (const [name, value] of Object.entries(sent.headers)) {
      // A letter's own limit is twice that of the record it tells of, so that even the largest keeps its headers.
      expect(headers[name]?.equals(Buffer.from(value)), `${what}: header ${name}`).toBe(true)
    }
    const text = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.toString()]))
    expect(text).toMatchObject({
      ...{ 'dlq-deaths': '1', 'dlq-status': 'dead', 'dlq-service': 'balance', 'dlq-attempts': '1' },
      ...{ 'dlq-step': '', 'dlq-direction': '' },
      'kafka_dlt-original-topic': `${shop.topicPrefix}inventory.events.v1`,
      'kafka_dlt-original-partition': '0',
    })
    const offset = text['kafka_dlt-original-offset']
    expect(text['dlq-id']).toBe(`${shop.topicPrefix}inventory.events.v1/0/${offset}`)
    const original = recorder.records.find(r => r.topic === 'inventory.events.v1' && String(r.offset) === offset)
    expect(sameBytes(original!, sent), `${what}: the offset on the letter`).toBe(true)
    expect(text['dlq-error-message'], what).toMatch(/\w+ \w+/)
    expect(Date.parse(text['dlq-first-failed-at']!)).toBeLessThanOrEqual(Date.now())
  }
  const samples = await until('the gauge has been refreshed', async () => {
    const samples = await shop.metrics('balance')
    return sum(samples, 'saga_dead_letters') === bad.length && samples
  })
  expect(sum(samples, 'saga_parked')).toBe(0)
})

test('delivered again, they are the same letters', async () => {
  const admin = createKafka({ clientId: 'rewind', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  for (const round of [1, 2]) {
    expect(await shop.services.balance.stop()).toBe(0)
    const groupId = `${shop.topicPrefix}balance`
    await admin.resetOffsets({ groupId, topic: `${shop.topicPrefix}inventory.events.v1`, earliest: true })
    await shop.services.balance.start()
    await until(`balance has read everything again, round ${round}`, async () => {
      const duplicates = await shop.steps({ step: 'deduct_balance', outcome: 'duplicate' }, 'balance')
      return duplicates === well.length
    })
    await untilConsumed(shop, ['balance'])
  }
  await admin.disconnect()
  const fresh = healthy()
  await byHand.publish(fresh)
  await until(
    'a fresh saga is served',
    async () => (await shop.query('balance', 'select from debits where order_id = $1', [fresh.orderId])).length === 1,
  )
  const [outbox] = await shop.query('balance', `select count(*) from saga.waiting where kind = 'dead'`)
  expect(outbox.count).toBe(bad.length)
  await recorder.caughtUp()
  expect(recorder.letters('balance').length).toBe(bad.length)
})

test('what is nobody’s here is not read, however it looks; huge headers do not keep a healthy record from its end', async () => {
  const others = healthy()
  const event = BalanceRefunded({ orderId: others.orderId, amountMinor: 0, cause: 'order-cancelled' })
  const foreign = { ...byHand.event(event, { id: 'x' }), topic: 'inventory.events.v1' }
  const huge = healthy({ huge: randomBytes(400_000), bytes: noText })
  await byHand.publish({ ...foreign, value: noText }, foreign, huge)
  await untilConsumed(shop, ['balance'])
  const found = await shop.query('balance', 'select order_id from debits where order_id = any($1)', [
    [others.orderId, huge.orderId],
  ])
  expect(found).toEqual([{ order_id: huge.orderId }])
  await recorder.caughtUp()
  expect(recorder.letters('balance').length).toBe(bad.length)
})

async function lettersArrive(): Promise<void> {
  await until(
    `${bad.length} letters are published`,
    async () => {
      await recorder.caughtUp()
      return recorder.letters('balance').length >= bad.length
    },
    { seen: () => recorder.letters('balance').map(letter => String(letter.headers['dlq-error-code'])) },
  )
}

function sameBytes(a: { value: Buffer | null; headers: Handmade['headers'] }, b: typeof a): boolean {
  const sameValue = a.value === null || b.value === null ? a.value === b.value : a.value.equals(b.value)
  return sameValue && String(a.headers.ce_id) === String(b.headers.ce_id)
}
