import { type Answered, accept, command, refuse, type Views } from 'saga-kit'
import type { States } from './states.ts'

export interface DepositBody {
  readonly customerId: string
  readonly amountMinor: number
  readonly currency: string
}
export interface DepositAnswer {
  readonly customerId: string
  readonly balanceMinor: number
  readonly currency: string
}
export const Deposit = command<DepositBody, DepositAnswer>()('Deposit', { saga: 'none' })

/** Money comes in from outside; the first deposit opens the account and gives it its currency. */
export function deposit(
  { customerId, amountMinor, currency }: DepositBody,
  { accounts }: Views<States, 'accounts'>,
): Answered<never, DepositAnswer> {
  const empty = { customerId, currency, balanceMinor: 0, depositedMinor: 0, deductedMinor: 0, refundedMinor: 0 }
  const account = accounts.get(customerId) ?? empty
  if (account.currency !== currency)
    return refuse(409, 'currency-mismatch', `the account is in ${account.currency}, not in ${currency}`)

  const depositedMinor = account.depositedMinor + amountMinor
  if (!Number.isSafeInteger(depositedMinor))
    return refuse(422, 'sum-out-of-range', `deposits of an account cannot exceed ${Number.MAX_SAFE_INTEGER}`)
  const balanceMinor = account.balanceMinor + amountMinor
  accounts.put({ ...account, balanceMinor, depositedMinor })
  return accept({ customerId, balanceMinor, currency })
}
