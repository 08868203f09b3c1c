import { accepted, asked, fails, refused, sets, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { OrderTimedOut, PlaceOrder, type PlaceOrderBody, SetPrice } from './commands.ts'
import { order, orderId, orderPlaced, price } from './examples.ts'
import { order as participant } from './participant.ts'

const { given, now } = testing(participant)
const placeOrder = (changes: Partial<PlaceOrderBody> = {}) =>
  asked(PlaceOrder, {
    ...{ orderId, customerId: 'ada', currency: 'EUR', lines: [{ sku: 'lamp', quantity: 2 }] },
    ...changes,
  })
const answer = { orderId, status: 'PENDING' }

describe('placing an order', () => {
  test('takes the prices of this moment and sets the timeout', () =>
    given({ prices: [price()] })
      .when(placeOrder())
      .then(accepted(answer, orderPlaced(), sets(OrderTimedOut, 15 * 60_000)), {
        orders: [order({ createdAt: now, updatedAt: now })],
      }))

  test('sums its lines', () => {
    const lines = [
      { sku: 'lamp', quantity: 2 },
      { sku: 'bulb', quantity: 3 },
    ]
    const priced = [
      { sku: 'lamp', quantity: 2, unitPriceMinor: 1_250 },
      { sku: 'bulb', quantity: 3, unitPriceMinor: 99 },
    ]
    given({ prices: [price(), price({ sku: 'bulb', unitPriceMinor: 99 })] })
      .when(placeOrder({ lines }))
      .then(accepted(answer, orderPlaced({ lines: priced, totalMinor: 2_797 }), sets(OrderTimedOut, 15 * 60_000)), {
        orders: [order({ lines: priced, totalMinor: 2_797, createdAt: now, updatedAt: now })],
      })
  })

  test('times out after ORDER_TIMEOUT', () =>
    testing(participant, { orderTimeoutMs: 1_000 })
      .given({ prices: [price()] })
      .when(placeOrder())
      .then(accepted(answer, orderPlaced(), sets(OrderTimedOut, 1_000)), {
        orders: [order({ createdAt: now, updatedAt: now })],
      }))

  test('is refused without a price', () =>
    given()
      .when(placeOrder())
      .then(refused('no-price', 422, 'lamp has no price')))

  test('is refused when the price is in another currency', () =>
    given({ prices: [price({ currency: 'USD' })] })
      .when(placeOrder())
      .then(refused('no-price', 422, 'lamp has a price in USD, not in EUR')))

  test('is refused when one line exceeds the safe range', () =>
    given({ prices: [price({ unitPriceMinor: Number.MAX_SAFE_INTEGER })] })
      .when(placeOrder())
      .then(refused('total-out-of-range', 422, 'the total exceeds 9007199254740991 minor units')))

  test('is refused when the sum exceeds the safe range', () =>
    given({ prices: [price({ unitPriceMinor: Number.MAX_SAFE_INTEGER }), price({ sku: 'bulb', unitPriceMinor: 1 })] })
      .when(
        placeOrder({
          lines: [
            { sku: 'lamp', quantity: 1 },
            { sku: 'bulb', quantity: 1 },
          ],
        }),
      )
      .then(refused('total-out-of-range', 422)))

  test('never overwrites an order', () =>
    given({ prices: [price()], orders: [order()] })
      .when(placeOrder())
      .then(fails('order-exists', `order ${orderId} was placed before`)))

  test('is what the service may wait for longest, which it must say at its start', () =>
    expect(participant.longestTimerMs!({ orderTimeoutMs: 1_000 })).toBe(1_000))
})

describe('setting a price', () => {
  test('is for orders from now on', () =>
    given({ prices: [price({ sku: 'bulb' })] })
      .when(asked(SetPrice, price({ unitPriceMinor: 99 })))
      .then(accepted(price({ unitPriceMinor: 99 })), {
        prices: [price({ sku: 'bulb' }), price({ unitPriceMinor: 99 })],
      }))
  test('replaces the one before, and its currency', () =>
    given({ prices: [price()] })
      .when(asked(SetPrice, price({ currency: 'USD', unitPriceMinor: 1 })))
      .then(accepted(price({ currency: 'USD', unitPriceMinor: 1 })), {
        prices: [price({ currency: 'USD', unitPriceMinor: 1 })],
      }))
})
