import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAllSettled } from './at-rest.ts'
import { sum } from './metrics.ts'
import { type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { reservationOf, settled, stage } from './stage.ts'
import { until } from './until.ts'

let shop: RunningShop
let recorder: Recorder

beforeAll(async () => {
  shop = await runShop('timers', { environment: { ORDER_TIMEOUT: '6s', STOCK_RELEASE_DELAY: '3s' } })
  recorder = await record(shop)
}, 120_000)
afterAll(async () => {
  await recorder?.end()
  await shop?.end()
})

const timersOf = (service: 'order' | 'inventory', orderId: string) =>
  shop.query<{ due: boolean }>(
    service,
    `select due_at <= now() as due from saga.waiting where saga_id = $1 and kind = 'timer'`,
    [orderId],
  )
const typesOf = async (orderId: string) => {
  await recorder.caughtUp()
  return (await recorder.events(orderId)).map(event => event.type)
}

describe('the timer of an order', () => {
  test('ends an order that nobody pays for: stock released at once, mail sent', async () => {
    const { sku, order, expectStock, expectMoney, expectMails } = await stage(shop)
    await shop.services.balance.stop()
    const orderId = await order([{ sku, quantity: 4 }])
    await until('it is cancelled', async () => (await shop.client.order(orderId)).status === 'CANCELLED')
    await expectStock({ onHand: 10, reserved: 0, sold: 0 })
    await expectMails(orderId, 'cancelled')
    expect((await shop.client.order(orderId)).settled).toBe(false)
    await shop.services.balance.start()
    expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'timed-out' })
    expect(await typesOf(orderId)).toEqual(expect.arrayContaining(['StockReserved', 'OrderCancelled', 'StockReleased']))
    const { deductedMinor, refundedMinor } = await expectMoney({ balanceMinor: 10_000 })
    expect(refundedMinor).toBe(deductedMinor)
  })

  test('fires when the service comes back, if it was due while it was down', async () => {
    const { sku, order } = await stage(shop)
    await shop.services.balance.stop()
    const orderId = await order([{ sku, quantity: 1 }])
    await shop.services.order.kill()
    await until('the timer is due', async () => (await timersOf('order', orderId))[0]?.due)
    const [row] = await shop.query('order', 'select status from orders where order_id = $1', [orderId])
    expect(row).toEqual({ status: 'PENDING' })
    // Balance only after that: otherwise the two race, and who is late is confirmed.
    await shop.services.order.start()
    await until('it is cancelled', async () => (await shop.client.order(orderId)).status === 'CANCELLED')
    await shop.services.balance.start()
    expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'timed-out' })
    expect(await typesOf(orderId)).toContain('OrderCancelled')
    expect(await timersOf('order', orderId)).toEqual([])
  })

  test('fires once, however many instances look', async () => {
    const { sku, order } = await stage(shop, { pieces: 1_000 })
    const another = await shop.another('order')
    await another.start()
    await shop.services.balance.stop()
    const counted = async () =>
      Promise.all(
        [shop.services.order, another].map(async instance =>
          sum(await shop.metrics(instance), 'saga_steps_total', { step: 'cancel_order', outcome: 'succeeded' }),
        ),
      )
    const before = await counted()
    const orderIds = await Promise.all(Array.from({ length: 60 }, () => order([{ sku, quantity: 1 }])))
    await until('all are cancelled', async () => {
      const [row] = await shop.query(
        'order',
        `select count(*) from orders where status = 'CANCELLED' and order_id = any($1)`,
        [orderIds],
      )
      return row.count === orderIds.length
    })
    const after = await counted()
    const each = after.map((count, i) => count - before[i]!)
    console.log(`${orderIds.length} timers fired at two instances: ${each.join(' and ')}`)
    expect(each[0]! + each[1]!).toBe(orderIds.length)
    expect(Math.min(...each)).toBeGreaterThan(0)
    await shop.services.balance.start()
    await expectAllSettled(shop)
    await recorder.caughtUp()
    for (const orderId of orderIds) {
      const cancels = recorder.records.filter(r => String(r.headers.ce_id) === `${orderId}/cancel_order/action`)
      expect(cancels.length, orderId).toBe(1)
    }
    expect(await another.stop()).toBe(0)
  })
})

describe('the timer of a hold', () => {
  test('releases the stock when inventory comes back, if it was due while inventory was down', async () => {
    const { sku, order, expectStock } = await stage(shop)
    shop.services.balance.pause()
    const orderId = await order([{ sku, quantity: 2 }])
    await until('inventory reserves', async () => (await shop.client.stock(sku)).reserved === 2)
    await shop.client.cancel(orderId)
    await until('inventory holds', async () => (await reservationOf(shop, orderId)) === 'held', { everyMs: 5 })
    await shop.services.inventory.kill()
    shop.services.balance.resume()
    await until('the timer is due', async () => (await timersOf('inventory', orderId))[0]?.due)
    expect(await reservationOf(shop, orderId)).toBe('held')
    await shop.services.inventory.start()
    expect(await settled(shop, orderId)).toMatchObject({ status: 'CANCELLED', reason: 'customer' })
    await expectStock({ onHand: 10, reserved: 0, sold: 0 })
    expect((await typesOf(orderId)).filter(type => type === 'StockReleased')).toHaveLength(1)
  })
})
