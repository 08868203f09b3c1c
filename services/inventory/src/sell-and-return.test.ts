import { accepted, asked, fails, ignored, refused, succeeded, testing } from 'saga-kit/testing'
import { describe, test } from 'vitest'
import { ReceiveStock } from './commands.ts'
import { balanceRefunded, orderConfirmed, reservation, stock, stockCommitted, stockReturned } from './examples.ts'
import { inventory } from './participant.ts'

const { given } = testing(inventory)

describe('when the order is confirmed', () => {
  test('what is reserved is sold', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .when(orderConfirmed())
      .then(succeeded(stockCommitted()), {
        stock: [stock({ reserved: 0, sold: 5 })],
        reservations: [reservation({ status: 'committed' })],
      }))
  test('but a refund was faster, nothing is sold', () =>
    given({ stock: [stock()], reservations: [reservation({ status: 'returned' })] })
      .when(orderConfirmed())
      .then(refused('reservation-returned')))
  test.each(['committed', 'held', 'released', 'taken-over'] as const)('a reservation that is %s cannot be', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .when(orderConfirmed())
      .then(fails(`reservation-${status}`)),
  )
  test('nor can one that is missing', () => given().when(orderConfirmed()).then(fails('reservation-missing')))
})

describe('when the money went back', () => {
  test('for a refund, sold stock comes back', () =>
    given({ stock: [stock()], reservations: [reservation({ status: 'committed' })] })
      .done('reserve_stock')
      .when(balanceRefunded())
      .then(succeeded(stockReturned()), {
        stock: [stock({ onHand: 7, sold: 1 })],
        reservations: [reservation({ status: 'returned' })],
      }))
  test('for a refund that overtook the confirmation, reserved stock comes back', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .done('reserve_stock')
      .when(balanceRefunded())
      .then(succeeded(stockReturned()), {
        stock: [stock({ onHand: 7, reserved: 0 })],
        reservations: [reservation({ status: 'returned' })],
      }))
  test('for a refund, and nothing was reserved, that is the answer', () =>
    given()
      .notDone('reserve_stock')
      .when(balanceRefunded())
      .then(succeeded(stockReturned([]))))
  test('for a cancellation, OrderCancelled has said so already', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .when(balanceRefunded('order-cancelled'))
      .then(ignored()))
  test.each(['held', 'released', 'returned', 'taken-over'] as const)('a reservation that is %s cannot be', status =>
    given({ stock: [stock()], reservations: [reservation({ status })] })
      .done('reserve_stock')
      .when(balanceRefunded())
      .then(fails(`reservation-${status}`)),
  )
  test.each([
    { found: '1', rows: [stock({ sold: 1 })] },
    { found: 'no stock', rows: [] },
  ])('nor can stock that is not there: $found', ({ found, rows }) =>
    given({ stock: rows, reservations: [reservation({ status: 'committed' })] })
      .done('reserve_stock')
      .when(balanceRefunded())
      .then(fails('stock-short', `lamp: 2 should be sold, found ${found}`)),
  )
})

describe('when stock is received', () => {
  test('it is free', () =>
    given({ stock: [stock()] })
      .when(asked(ReceiveStock, { sku: 'lamp', quantity: 4 }))
      .then(accepted({ sku: 'lamp', received: 14 }), { stock: [stock({ onHand: 9 })] }))
  test('for the first time', () =>
    given()
      .when(asked(ReceiveStock, { sku: 'lamp', quantity: 4 }))
      .then(accepted({ sku: 'lamp', received: 4 }), { stock: [stock({ onHand: 4, reserved: 0, sold: 0 })] }))
  test('it must not exceed the safe range', () =>
    given({ stock: [stock({ onHand: Number.MAX_SAFE_INTEGER - 5 })] })
      .when(asked(ReceiveStock, { sku: 'lamp', quantity: 1 }))
      .then(refused('stock-out-of-range', 422, 'lamp would have more than 9007199254740991 pieces received')))
})
