/** Rows and messages for tests: complete, and named by what a test changes in them. */
import {
  BalanceDeducted,
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  RefundRequested,
  StockReserved,
} from 'shop-schemas'
import type { Account, Debit } from './account.ts'

export const orderId = '01994d52-7d10-7000-8000-000000000001'
const customerId = 'ada'
const currency = 'EUR'

/** Its balance follows from the rest: 100.00 EUR deposited, unless a test says otherwise. */
export function account(changes: Partial<Omit<Account, 'balanceMinor'>> = {}): Account {
  const row = { customerId, currency, depositedMinor: 10_000, deductedMinor: 0, refundedMinor: 0, ...changes }
  return { ...row, balanceMinor: row.depositedMinor - row.deductedMinor + row.refundedMinor }
}
export const debit = (changes: Partial<Debit> = {}): Debit => ({
  ...{ orderId, customerId, currency, amountMinor: 2_500, refundedAt: null },
  ...changes,
})

export const stockReserved = (changes: Partial<StockReserved> = {}) =>
  StockReserved({
    ...{ orderId, customerId, currency, totalMinor: 2_500, lines: [{ sku: 'lamp', quantity: 2 }] },
    ...changes,
  })
export const orderCancelled = () => OrderCancelled({ orderId, customerId, reason: 'customer' })
export const refundRequested = () => RefundRequested({ orderId, customerId, reason: 'broken' })

export const balanceDeducted = (changes: Partial<BalanceDeducted> = {}) =>
  BalanceDeducted({ ...{ orderId, customerId, currency, amountMinor: 2_500 }, ...changes })
export const balanceRejected = (reason: BalanceRejected['reason']) => BalanceRejected({ orderId, reason })
export const balanceRefunded = (cause: BalanceRefunded['cause'], amountMinor = 2_500) =>
  BalanceRefunded({ orderId, amountMinor, cause })
