import { fails, refused, sets, succeeded, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { HoldExpired } from './commands.ts'
import {
  balanceRejected,
  basket,
  earlierOrderId,
  hold,
  holdExpired,
  orderCancelled,
  orderId,
  reservation,
  stock,
  stockReleased,
} from './examples.ts'
import { inventory } from './participant.ts'
import type { ReservationStatus } from './reservation.ts'

const { given } = testing(inventory)
const released = { stock: [stock({ onHand: 7, reserved: 0 })], reservations: [reservation({ status: 'released' })] }
const all: ReservationStatus[] = ['reserved', 'committed', 'held', 'released', 'returned', 'taken-over']
const allBut = (...expected: ReservationStatus[]) => all.filter(status => !expected.includes(status))

describe('when the balance is rejected', () => {
  test('the stock is released at once', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .done('reserve_stock')
      .when(balanceRejected())
      .then(succeeded(stockReleased()), released))
  test('and nothing was reserved, that is the answer', () =>
    given({ stock: [stock()] })
      .notDone('reserve_stock')
      .when(balanceRejected())
      .then(succeeded(stockReleased([]))))
  test.each(allBut('reserved'))('a reservation that is %s contradicts the fence', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .done('reserve_stock')
      .when(balanceRejected())
      .then(fails(`reservation-${status}`)),
  )
  test('so does one that is missing', () =>
    given()
      .done('reserve_stock')
      .when(balanceRejected())
      .then(fails('reservation-missing', `the reservation of ${orderId} should be reserved, but is missing`)))
})

describe('when the order is cancelled', () => {
  test.each(['stock-rejected', 'balance-rejected', 'timed-out'] as const)('%s: the stock is released', reason =>
    given({ stock: [stock()], reservations: [reservation()] })
      .done('reserve_stock')
      .when(orderCancelled(reason))
      .then(succeeded(stockReleased()), released),
  )
  test('by the customer: the stock is held, and nothing is published yet', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .done('reserve_stock')
      .when(orderCancelled('customer'))
      .then(succeeded(sets(HoldExpired, 10 * 60_000, { basket })), {
        reservations: [reservation({ status: 'held' })],
        holds: [hold(reservation().orderId)],
      }))
  test('by the customer, after an earlier one: the new hold waits behind the old one', () =>
    testing(inventory, { stockReleaseDelayMs: 1_000 })
      .given({ stock: [stock()], reservations: [reservation()], holds: [hold(earlierOrderId)] })
      .done('reserve_stock')
      .when(orderCancelled('customer'))
      .then(succeeded(sets(HoldExpired, 1_000, { basket })), {
        reservations: [reservation({ status: 'held' })],
        holds: [hold(earlierOrderId, reservation().orderId)],
      }))
  test.each(['customer', 'timed-out'] as const)('%s, and nothing was reserved: that is the answer', reason =>
    given({ stock: [stock()] })
      .notDone('reserve_stock')
      .when(orderCancelled(reason))
      .then(succeeded(stockReleased([]))),
  )
  test.each(allBut('reserved'))('a reservation that is %s contradicts the fence', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .done('reserve_stock')
      .when(orderCancelled('customer'))
      .then(fails(`reservation-${status}`)),
  )
  test('so does one that is missing', () =>
    given().done('reserve_stock').when(orderCancelled('customer')).then(fails('reservation-missing')))
})

test('a hold is what the service may wait for longest, which it must say at its start', () =>
  expect(inventory.longestTimerMs!({ stockReleaseDelayMs: 1_000 })).toBe(1_000))

describe('when a hold expires', () => {
  const held = reservation({ status: 'held' })
  test('its stock is released', () =>
    given({ stock: [stock()], reservations: [held], holds: [hold(held.orderId)] })
      .when(holdExpired())
      .then(succeeded(stockReleased()), { ...released, holds: [] }))
  test('others of the basket stay on hold', () =>
    given({ stock: [stock()], reservations: [held], holds: [hold(held.orderId, 'a later one')] })
      .when(holdExpired())
      .then(succeeded(stockReleased()), { ...released, holds: [hold('a later one')] }))
  test.each([{ holds: [] }, { holds: [hold('a later one')] }])('its stock was taken over: it ends empty', ({ holds }) =>
    given({ stock: [stock()], reservations: [held], holds })
      .when(holdExpired())
      .then(succeeded(stockReleased([])), { reservations: [reservation({ status: 'taken-over' })] }),
  )
  test.each(['released', 'taken-over'] as const)('it is stale when the reservation is %s', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .when(holdExpired())
      .then(refused(`reservation-${status}`)),
  )
  test.each(allBut('held', 'released', 'taken-over'))('a reservation that is %s was never held', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .when(holdExpired())
      .then(
        fails(
          `reservation-${status}`,
          `the reservation of ${orderId} should be held or released or taken-over, but is ${status}`,
        ),
      ),
  )
  test('nor was one that is missing', () => given().when(holdExpired()).then(fails('reservation-missing')))
})
