import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceNames } from '../../infra/shop/topics.ts'
import { untilConsumed } from './consumed.ts'
import { endings } from './endings.ts'
import { auditShop, openLetters, violationsOf } from './invariants.ts'
import { type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { wellFormed } from './well-formed.ts'

let shop: RunningShop
let recorder: Recorder
const expected = new Map<string, readonly string[]>()

beforeAll(async () => {
  shop = await runShop('endings', { environment: { STOCK_RELEASE_DELAY: '4s' } })
  recorder = await record(shop)
}, 120_000)
afterAll(async () => {
  await recorder?.end()
  await shop?.end()
})

describe('an order over HTTP ends', () => {
  test.each(endings)('$name', async ending => {
    for (const [orderId, events] of Object.entries(await ending.run(shop))) expected.set(orderId, events)
  })
})

describe('once all have ended', () => {
  test('each order has brought exactly its events', async () => {
    await untilConsumed(shop, serviceNames)
    await recorder.caughtUp()
    for (const [orderId, types] of expected) {
      const seen = (await recorder.events(orderId)).map(event => event.type)
      // Balance may have been asked to deduct before or after it heard of the cancel: then it was paid and paid back.
      const found = types.includes('BalanceDeducted') ? seen : seen.filter(type => type !== 'BalanceDeducted')
      expect(found.toSorted(), orderId).toEqual(types.toSorted())
    }
  })

  test('every event is a CloudEvent of its saga with a cause that is there', async () => {
    await recorder.caughtUp()
    const events = await recorder.events()
    expect(events.length).toBeGreaterThan(60)
    expect(wellFormed(events)).toEqual([])
  })

  test('no timer is left: confirmed and cancelled orders have cancelled theirs, holds have ended', async () => {
    for (const service of serviceNames)
      expect(await shop.query(service, 'select message_id, kind from saga.waiting'), service).toEqual([])
  })

  test('what always holds does', async () => {
    const audit = await auditShop(shop.pools, { atRest: true })
    expect(violationsOf(audit)).toEqual([])
    expect(openLetters(audit)).toBe(0)
    const settled = (count: number) => ({ settled: count, open: 0 })
    expect(audit.sagas.endings).toEqual({ CONFIRMED: settled(3), CANCELLED: settled(8), REFUNDED: settled(2) })
  })
})
