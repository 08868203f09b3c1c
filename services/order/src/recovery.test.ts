import { cancels, fails, fired, sets, succeeded, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { OrderTimedOut } from './commands.ts'
import {
  order,
  orderCancelled,
  orderConfirmed,
  orderId,
  orderPlaced,
  refundRequested,
  stockCommitted,
} from './examples.ts'
import { order as service } from './participant.ts'
import { recovery } from './recovery.ts'

const { given, now } = testing(recovery)
const createdAt = new Date(Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16))

describe('an order that the copy does not have', () => {
  test('is placed again, as of when it was', () =>
    given()
      .when(orderPlaced())
      .then(succeeded(sets(OrderTimedOut, 15 * 60_000)), { orders: [order({ createdAt, updatedAt: now })] }))
  test('is never placed over another', () =>
    given({ orders: [order()] })
      .when(orderPlaced())
      .then(fails('order-exists', `order ${orderId} was placed before`)))
  test('is not made up from what comes behind', () => given().when(orderConfirmed()).then(fails('unknown-order')))
})

describe('an order moves on as it did', () => {
  const cancel = cancels(OrderTimedOut)
  test('confirmed', () =>
    given({ orders: [order()] })
      .when(orderConfirmed())
      .then(succeeded(cancel), { orders: [order({ status: 'CONFIRMED', updatedAt: now })] }))
  test('cancelled', () =>
    given({ orders: [order()] })
      .when(orderCancelled('customer'))
      .then(succeeded(cancel), { orders: [order({ status: 'CANCELLED', reason: 'customer', updatedAt: now })] }))
  // It fires in the service; were it due here, the same would come of it.
  test('timed out', () =>
    given({ orders: [order()] })
      .when(fired(OrderTimedOut, orderId, {}))
      .then(succeeded(orderCancelled('timed-out'), cancel), {
        orders: [order({ status: 'CANCELLED', reason: 'timed-out', updatedAt: now })],
      }))
  test('to be refunded', () =>
    given({ orders: [order({ status: 'CONFIRMED' })] })
      .when(refundRequested('too late'))
      .then(succeeded(cancel), { orders: [order({ status: 'REFUNDING', reason: 'too late', updatedAt: now })] }))
})

test('takes the steps of the service, so that the fence knows what was done', () => {
  const steps = new Set(service.reactions.map(({ step, direction }) => `${step} ${direction}`))
  for (const { step, direction } of recovery.reactions) expect(steps).toContain(`${step} ${direction}`)
})
test('sets no timer for longer than the service does', () =>
  expect(recovery.longestTimerMs!({ orderTimeoutMs: 1_000 })).toBe(1_000))
test('leaves what others tell to the service', () =>
  expect(recovery.reactions.map(({ trigger }) => trigger.type)).not.toContain(stockCommitted().type))
