/** Rows and messages for tests: complete, and named by what a test changes in them. */
import { fired } from 'saga-kit/testing'
import {
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
  StockReturned,
} from 'shop-schemas'
import { HoldExpired } from './commands.ts'
import type { Hold } from './hold.ts'
import { basketOf, type Reservation } from './reservation.ts'
import type { Stock } from './stock.ts'

export const orderId = '01994d52-7d10-7000-8000-000000000001'
export const earlierOrderId = '01994d52-7d10-7000-8000-000000000000'
const customerId = 'ada'
const currency = 'EUR'
export const lines = [{ sku: 'lamp', quantity: 2 }]
export const basket = basketOf({ customerId, lines })

/** 10 lamps, of which 2 are reserved and 3 sold. */
export function stock(changes: Partial<Omit<Stock, 'received'>> = {}): Stock {
  const row = { sku: 'lamp', onHand: 5, reserved: 2, sold: 3, ...changes }
  return { ...row, received: row.onHand + row.reserved + row.sold }
}
export const reservation = (changes: Partial<Reservation> = {}): Reservation => ({
  ...{ orderId, basket, lines, status: 'reserved', tookOver: null },
  ...changes,
})
export const hold = (...orderIds: string[]): Hold => ({ basket, orderIds })

export const orderPlaced = (changes: Partial<OrderPlaced> = {}) =>
  OrderPlaced({
    ...{ orderId, customerId, currency, totalMinor: 2_500, lines: [{ ...lines[0]!, unitPriceMinor: 1_250 }] },
    ...changes,
  })
export const orderConfirmed = () => OrderConfirmed({ orderId, customerId, currency, totalMinor: 2_500 })
export const orderCancelled = (reason: OrderCancelled['reason'] = 'timed-out') =>
  OrderCancelled({ orderId, customerId, reason })
export const balanceRejected = () => BalanceRejected({ orderId, reason: 'insufficient-balance' })
export const balanceRefunded = (cause: BalanceRefunded['cause'] = 'refund-requested') =>
  BalanceRefunded({ orderId, amountMinor: 2_500, cause })
export const holdExpired = () => fired(HoldExpired, orderId, { basket })

export const stockReserved = (changes: Partial<StockReserved> = {}) =>
  StockReserved({ orderId, customerId, currency, totalMinor: 2_500, lines, ...changes })
export const stockRejected = (reason: StockRejected['reason'], short = lines) =>
  StockRejected({ orderId, reason, lines: short })
export const stockReleased = (released = lines) => StockReleased({ orderId, lines: released })
export const stockCommitted = () => StockCommitted({ orderId, lines })
export const stockReturned = (returned = lines) => StockReturned({ orderId, lines: returned })
