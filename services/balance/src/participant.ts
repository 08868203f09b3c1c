import { participant, type View } from 'saga-kit'
import {
  BalanceDeducted,
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  RefundRequested,
  StockReserved,
} from 'shop-schemas'
import type { Debit } from './account.ts'
import { audit } from './audit.ts'
import { Deposit, deposit } from './deposit.ts'
import { deductBalance } from './on-stock-reserved.ts'
import { nothingToRefund, refundBalance } from './refund-balance.ts'
import { settings } from './settings.ts'
import { states } from './states.ts'

/** The account that paid, which the event does not have to know. */
const payersOf = ({ debits }: { readonly debits: Pick<View<Debit>, 'get'> }, orderId: string) => {
  const debit = debits.get(orderId)
  return debit ? [debit.customerId] : []
}
const refunding = { emits: [BalanceRefunded], run: refundBalance, otherwise: nothingToRefund } as const

/** Owns the customers' accounts: an order is paid from one, and paid back to it. */
export const balance = participant({ service: 'balance', states, settings, audit }, ({ on }) => [
  on(StockReserved)
    .reads('debits', e => [e.orderId])
    .reads('accounts', e => [e.customerId])
    .action('deduct_balance', {
      emits: [BalanceDeducted],
      rejects: [BalanceRejected],
      withinMs: 60_000,
      run: deductBalance,
    }),
  on(OrderCancelled)
    .reads('debits', e => [e.orderId])
    .reads('accounts', (e, loaded) => payersOf(loaded, e.orderId))
    .compensates('deduct_balance', refunding),
  on(RefundRequested)
    .reads('debits', e => [e.orderId])
    .reads('accounts', (e, loaded) => payersOf(loaded, e.orderId))
    .compensates('deduct_balance', refunding),

  on(Deposit)
    .reads('accounts', c => [c.customerId])
    .local(deposit),
])
