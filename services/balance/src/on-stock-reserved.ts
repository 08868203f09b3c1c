import { type Outcome, PermanentError, reject, succeed, type Views } from 'saga-kit'
import { BalanceDeducted, BalanceRejected, type StockReserved } from 'shop-schemas'
import { withdraw } from './account.ts'
import type { BalanceContext } from './settings.ts'
import type { States } from './states.ts'

/** Deducts the order's total, or says why not. Amounts are minor units of the account's currency. */
export function deductBalance(
  event: StockReserved,
  { debits, accounts }: Views<States>,
  { settings }: BalanceContext,
): Outcome<BalanceDeducted, BalanceRejected> {
  const { orderId, customerId, currency, totalMinor: amountMinor } = event
  if (debits.get(orderId)) throw new PermanentError('debit-exists', `${orderId} was paid before`)
  if (customerId === settings.deductionsFailFor)
    throw new Error("this customer's deductions fail for a drill: unset DEDUCTIONS_FAIL_FOR")

  const no = (reason: BalanceRejected['reason']) => reject(reason, BalanceRejected({ orderId, reason }))
  const account = accounts.get(customerId)
  if (!account) return no('unknown-account')
  if (account.currency !== currency) return no('currency-mismatch')
  if (account.balanceMinor < amountMinor) return no('insufficient-balance')

  accounts.put(withdraw(account, amountMinor))
  debits.put({ orderId, customerId, currency, amountMinor, refundedAt: null })
  return succeed(BalanceDeducted({ orderId, customerId, currency, amountMinor }))
}
