import { PermanentError } from 'saga-kit'

/** All amounts are in minor units of `currency`; balance = deposited - deducted + refunded, always. */
export interface Account {
  readonly customerId: string
  readonly currency: string
  readonly balanceMinor: number
  readonly depositedMinor: number
  readonly deductedMinor: number
  readonly refundedMinor: number
}

/** Evidence that an order was paid, so that the fence is not all that stands between a bug and a second refund. */
export interface Debit {
  readonly orderId: string
  readonly customerId: string
  /** That of the account. */
  readonly currency: string
  readonly amountMinor: number
  readonly refundedAt: Date | null
}

export function withdraw(account: Account, amountMinor: number): Account {
  const deductedMinor = account.deductedMinor + amountMinor
  // Money that goes back and forth for ever adds up; the balance itself never exceeds what was deposited.
  if (!Number.isSafeInteger(deductedMinor))
    throw new PermanentError('sum-out-of-range', `deductions of an account would exceed ${Number.MAX_SAFE_INTEGER}`)
  return { ...account, balanceMinor: account.balanceMinor - amountMinor, deductedMinor }
}

/** Needs no check of its range: what is refunded was deducted before. */
export function payBack(account: Account, amountMinor: number): Account {
  return {
    ...account,
    balanceMinor: account.balanceMinor + amountMinor,
    refundedMinor: account.refundedMinor + amountMinor,
  }
}
