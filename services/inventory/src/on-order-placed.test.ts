import { fails, rejected, succeeded, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import {
  basket,
  earlierOrderId,
  hold,
  lines,
  orderId,
  orderPlaced,
  reservation,
  stock,
  stockRejected,
  stockReserved,
} from './examples.ts'
import { inventory } from './participant.ts'
import { basketOf } from './reservation.ts'

const { given } = testing(inventory)
const unitPriceMinor = 1_250
const both = [
  { sku: 'lamp', quantity: 2 },
  { sku: 'bulb', quantity: 1 },
]
const bothPriced = both.map(line => ({ ...line, unitPriceMinor }))

describe('reserving stock', () => {
  test('moves the lines from free to reserved', () =>
    given({ stock: [stock({ onHand: 2, reserved: 0 })] })
      .when(orderPlaced())
      .then(succeeded(stockReserved()), {
        stock: [stock({ onHand: 0, reserved: 2 })],
        reservations: [reservation()],
      }))

  test('rejects what is short and reserves nothing', () =>
    given({ stock: [stock({ onHand: 1 }), stock({ sku: 'bulb' })] })
      .when(orderPlaced({ lines: bothPriced }))
      .then(rejected('insufficient-stock', stockRejected('insufficient-stock', lines))))

  test('rejects a sku that was never received', () =>
    given({ stock: [stock()] })
      .when(orderPlaced({ lines: bothPriced }))
      .then(rejected('unknown-sku', stockRejected('unknown-sku', [{ sku: 'bulb', quantity: 1 }]))))

  test('never reserves twice for one order', () =>
    given({ stock: [stock()], reservations: [reservation()] })
      .when(orderPlaced())
      .then(fails('reservation-exists', `${orderId} has reserved before`)))
})

describe('taking a hold over', () => {
  const held = reservation({ orderId: earlierOrderId, status: 'held' })
  const soldOut = stock({ onHand: 0 })

  test('reserves the held stock, and leaves the order that held it alone', () =>
    given({ stock: [soldOut], reservations: [held], holds: [hold(earlierOrderId)] })
      .when(orderPlaced())
      .then(succeeded(stockReserved()), { reservations: [held, reservation({ tookOver: earlierOrderId })], holds: [] }))

  test('takes the oldest of several', () =>
    given({ stock: [soldOut], holds: [hold(earlierOrderId, 'a later one')] })
      .when(orderPlaced())
      .then(succeeded(stockReserved()), {
        reservations: [reservation({ tookOver: earlierOrderId })],
        holds: [hold('a later one')],
      }))

  test('is for the same customer only', () =>
    given({ stock: [soldOut], reservations: [held], holds: [hold(earlierOrderId)] })
      .when(orderPlaced({ customerId: 'grace' }))
      .then(rejected(stockRejected('insufficient-stock'))))

  test('is for the same quantities only', () =>
    given({ stock: [soldOut], reservations: [held], holds: [hold(earlierOrderId)] })
      .when(orderPlaced({ lines: [{ sku: 'lamp', quantity: 1, unitPriceMinor }] }))
      .then(rejected(stockRejected('insufficient-stock', [{ sku: 'lamp', quantity: 1 }]))))

  // Holds stand in the database under their basket: one that was computed by an earlier version must still be found.
  test('is by a digest that no version of the code changes', () => {
    const digest = '150adde13aab28fd9e50c2fdaeb4b0187de6aa00ec5d80b92dd51a2399f6be25'
    expect(basketOf({ customerId: 'ada', lines: both })).toBe(digest)
    expect(basketOf({ customerId: 'ada', lines: both.toReversed() })).toBe(digest)
  })

  test('takes the lines in any order and at any price', () => {
    const twoLines = basketOf({ customerId: 'ada', lines: both })
    const cheaper = bothPriced.toReversed().map(line => ({ ...line, unitPriceMinor: 1 }))
    given({
      stock: [soldOut, stock({ sku: 'bulb', onHand: 0 })],
      holds: [{ basket: twoLines, orderIds: [earlierOrderId] }, hold('of another basket')],
    })
      .when(orderPlaced({ lines: cheaper }))
      .then(succeeded(stockReserved({ lines: both.toReversed() })), {
        reservations: [reservation({ basket: twoLines, lines: both.toReversed(), tookOver: earlierOrderId })],
        holds: [{ basket, orderIds: ['of another basket'] }],
      })
  })
})
