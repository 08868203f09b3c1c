import { type Context, PermanentError, type Succeeded, succeed, type Views } from 'saga-kit'
import { BalanceRefunded, type OrderCancelled, type RefundRequested } from 'shop-schemas'
import { payBack } from './account.ts'
import type { States } from './states.ts'

type Undoing = OrderCancelled | RefundRequested

/**
 * Pays the order's debit back, once. The fence says that there was a deduction; if the evidence says otherwise the
 * message is a dead letter (rule 14), since ending quietly would leave the money gone, and paying twice would make some.
 */
export function refundBalance(
  event: Undoing,
  { debits, accounts }: Views<States>,
  { now }: Context<unknown>,
): Succeeded<BalanceRefunded> {
  const { orderId } = event
  const debit = debits.get(orderId)
  if (!debit) throw new PermanentError('debit-missing', `${orderId} should have been paid, but has no debit`)
  if (debit.refundedAt) throw new PermanentError('debit-refunded', `the debit of ${orderId} was paid back before`)
  const account = accounts.get(debit.customerId)
  if (!account) throw new PermanentError('account-missing', `the account that paid for ${orderId} is gone`)

  const { amountMinor } = debit
  accounts.put(payBack(account, amountMinor))
  debits.put({ ...debit, refundedAt: now })
  return succeed(BalanceRefunded({ orderId, amountMinor, cause: causeOf(event) }))
}

/** Nothing was deducted, and now nothing will be: others wait for this answer. */
export function nothingToRefund(event: Undoing): Succeeded<BalanceRefunded> {
  return succeed(BalanceRefunded({ orderId: event.orderId, amountMinor: 0, cause: causeOf(event) }))
}

const causeOf = ({ type }: Undoing) => (type === 'OrderCancelled' ? 'order-cancelled' : 'refund-requested')
