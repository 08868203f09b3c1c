/** Rows and messages for tests: complete, and named by what a test changes in them. */
import {
  BalanceDeducted,
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  OrderRefunded,
  RefundRequested,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReturned,
} from 'shop-schemas'
import { noFacts, type Order, type OrderStatus, settledAs } from './order.ts'
import type { Price } from './states.ts'

export const orderId = '01994d52-7d10-7000-8000-000000000001'
const customerId = 'ada'
const currency = 'EUR'
const lines = [{ sku: 'lamp', quantity: 2 }]
export const earlier = new Date('2026-01-01T00:00:00.000Z')

/** 2 lamps at 12.50 EUR. `settled` follows from the rest. */
export function order(changes: Partial<Omit<Order, 'settled'>> = {}): Order {
  const row = {
    ...{ orderId, customerId, currency, totalMinor: 2_500, lines: [{ ...lines[0]!, unitPriceMinor: 1_250 }] },
    ...{ status: 'PENDING' as OrderStatus, createdAt: earlier, updatedAt: earlier, ...noFacts, ...changes },
  }
  const reason = changes.reason ?? usualReason[row.status]
  return { ...row, reason, settled: settledAs[row.status](row) }
}
const usualReason: Readonly<Record<OrderStatus, string | null>> = {
  PENDING: null,
  CONFIRMED: null,
  CANCELLED: 'timed-out',
  REFUNDING: 'broken',
  REFUNDED: 'broken',
}

export const price = (changes: Partial<Price> = {}): Price => ({
  ...{ sku: 'lamp', currency, unitPriceMinor: 1_250 },
  ...changes,
})

export const stockRejected = () => StockRejected({ orderId, reason: 'insufficient-stock', lines })
export const stockCommitted = () => StockCommitted({ orderId, lines })
export const stockReleased = () => StockReleased({ orderId, lines })
export const stockReturned = () => StockReturned({ orderId, lines })
export const balanceDeducted = () => BalanceDeducted({ orderId, customerId, currency, amountMinor: 2_500 })
export const balanceRejected = () => BalanceRejected({ orderId, reason: 'insufficient-balance' })
export const balanceRefunded = (cause: BalanceRefunded['cause'], amountMinor = 2_500) =>
  BalanceRefunded({ orderId, amountMinor, cause })

export const orderPlaced = (changes: Partial<OrderPlaced> = {}) =>
  OrderPlaced({ orderId, customerId, currency, totalMinor: 2_500, lines: order().lines, ...changes })
export const orderConfirmed = () => OrderConfirmed({ orderId, customerId, currency, totalMinor: 2_500 })
export const orderCancelled = (reason: OrderCancelled['reason']) => OrderCancelled({ orderId, customerId, reason })
export const refundRequested = (reason = 'broken') => RefundRequested({ orderId, customerId, reason })
export const orderRefunded = (amountMinor = 2_500) => OrderRefunded({ orderId, customerId, currency, amountMinor })
