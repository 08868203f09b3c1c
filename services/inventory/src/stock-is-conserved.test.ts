import fc from 'fast-check'
import type { Message } from 'saga-kit'
import { asked, booksOf, fired, testing } from 'saga-kit/testing'
import { BalanceRefunded, BalanceRejected, OrderCancelled, OrderConfirmed, OrderPlaced } from 'shop-schemas'
import { expect, test } from 'vitest'
import { HoldExpired, ReceiveStock } from './commands.ts'
import type { Hold } from './hold.ts'
import { inventory } from './participant.ts'
import { basketOf, type Reservation } from './reservation.ts'
import type { Stock } from './stock.ts'

/**
 * Not even a fence that lies can make or lose a piece: any message may come at any time, again, in any order, and a
 * compensation may be told anything about its action. What the reservations do not bear out is thrown, not done.
 */
const currency = 'EUR'
const unitPriceMinor = 1
const lamp = { sku: 'lamp', quantity: 1, unitPriceMinor }
const bulbs = { sku: 'bulb', quantity: 2, unitPriceMinor }
/** Two baskets that can take each other's hold over, and one that shares only the stock. */
const orders = [
  { orderId: '1', customerId: 'ada', lines: [lamp] },
  { orderId: '2', customerId: 'ada', lines: [lamp] },
  { orderId: '3', customerId: 'grace', lines: [lamp, bulbs] },
].map(order => ({ ...order, basket: basketOf(order) }))

const happening = fc.constantFrom(...orders).chain(({ orderId, customerId, lines, basket }) => {
  const cancelled = (reason: OrderCancelled['reason']) => OrderCancelled({ orderId, customerId, reason })
  const refunded = (cause: BalanceRefunded['cause']) => BalanceRefunded({ orderId, amountMinor: 1, cause })
  const often: Message[] = [
    OrderPlaced({ orderId, customerId, currency, totalMinor: 1, lines }),
    cancelled('customer'),
    fired(HoldExpired, orderId, { basket }),
  ]
  const seldom: Message[] = [
    OrderConfirmed({ orderId, customerId, currency, totalMinor: 1 }),
    cancelled('timed-out'),
    BalanceRejected({ orderId, reason: 'insufficient-balance' }),
    refunded('refund-requested'),
    refunded('order-cancelled'),
    asked(ReceiveStock, { sku: 'lamp', quantity: 2 }),
    asked(ReceiveStock, { sku: 'bulb', quantity: 2 }),
  ]
  const message = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...often) },
    { weight: 1, arbitrary: fc.constantFrom(...seldom) },
  )
  return fc.record({
    message,
    done: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })
})

test('stock is conserved, never negative, and in the pile that the reservations say, after any messages', () => {
  const seen = new Set<string | null>()
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 50 }), happenings => {
      const story = testing(inventory).history()
      const received = new Map<string, number>()
      for (const { message, done } of happenings) {
        seen.add(story.happens(message, { done }).end)
        if (message.type === 'ReceiveStock') {
          const { sku, quantity } = message as unknown as { sku: string; quantity: number }
          received.set(sku, (received.get(sku) ?? 0) + quantity)
        }
        expect(booksOf(inventory, story.rows).filter(book => book.wrong > 0)).toEqual([])
        const tables = story.rows as unknown as Tables
        check(tables, received)
        for (const { status, tookOver } of tables.reservations ?? []) seen.add(status).add(tookOver && 'took over')
      }
    }),
    { numRuns: 500 },
  )
  // Otherwise the property would hold because too little happened.
  const everything = ['outcome', 'answer', 'thrown', 'ignored', 'reserved', 'committed', 'held', 'released', 'returned']
  expect([...seen].toSorted()).toEqual([...everything, 'taken-over', 'took over', null].toSorted())
})

interface Tables {
  readonly stock?: readonly Stock[]
  readonly reservations?: readonly Reservation[]
  readonly holds?: readonly Hold[]
}
function check({ stock = [], holds = [] }: Tables, received: ReadonlyMap<string, number>): void {
  for (const { sku, onHand, reserved, sold, ...row } of stock) {
    expect(Math.min(onHand, reserved, sold)).toBeGreaterThanOrEqual(0)
    expect(row.received).toBe(received.get(sku))
  }
  for (const { orderIds } of holds) expect(orderIds.length).toBeGreaterThan(0)
}
