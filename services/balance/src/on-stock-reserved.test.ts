import { fails, rejected, succeeded, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { account, balanceDeducted, balanceRejected, debit, orderId, stockReserved } from './examples.ts'
import { balance } from './participant.ts'

const { given } = testing(balance)

describe('deducting the balance', () => {
  test('takes the total and leaves a debit', () =>
    given({ accounts: [account()] })
      .when(stockReserved())
      .then(succeeded(balanceDeducted()), { accounts: [account({ deductedMinor: 2_500 })], debits: [debit()] }))
  test('takes the last cent', () =>
    given({ accounts: [account({ depositedMinor: 2_500 })] })
      .when(stockReserved())
      .then(succeeded(balanceDeducted()), {
        accounts: [account({ depositedMinor: 2_500, deductedMinor: 2_500 })],
        debits: [debit()],
      }))
  test('rejects when the balance is short', () =>
    given({ accounts: [account({ depositedMinor: 2_499 })] })
      .when(stockReserved())
      .then(rejected('insufficient-balance', balanceRejected('insufficient-balance'))))
  test('rejects when there is no account', () =>
    given()
      .when(stockReserved())
      .then(rejected('unknown-account', balanceRejected('unknown-account'))))
  test('rejects when the account is in another currency', () =>
    given({ accounts: [account({ currency: 'USD' })] })
      .when(stockReserved())
      .then(rejected('currency-mismatch', balanceRejected('currency-mismatch'))))
  test('never deducts twice for one order', () =>
    given({ accounts: [account()], debits: [debit()] })
      .when(stockReserved())
      .then(fails('debit-exists', `${orderId} was paid before`)))
  test('fails for the customer of a drill, and for nobody else', () => {
    const drill = testing(balance, { deductionsFailFor: 'ada' })
    // Not a permanent error: a drill has the retries too.
    expect(drill.history({ accounts: [account()] }).happens(stockReserved())).toEqual({
      end: 'thrown',
      error: new Error("this customer's deductions fail for a drill: unset DEDUCTIONS_FAIL_FOR"),
    })
    const grace = { customerId: 'grace' }
    drill
      .given({ accounts: [account(grace)] })
      .when(stockReserved(grace))
      .then(succeeded(balanceDeducted(grace)), {
        accounts: [account({ ...grace, deductedMinor: 2_500 })],
        debits: [debit(grace)],
      })
  })
  test('has no drill unless one is ordered, not even for a customer without a name', () => {
    const nameless = { customerId: '' }
    given({ accounts: [account(nameless)] })
      .when(stockReserved(nameless))
      .then(succeeded(balanceDeducted(nameless)), {
        accounts: [account({ ...nameless, deductedMinor: 2_500 })],
        debits: [debit(nameless)],
      })
  })
  test('never lets the sum of deductions leave the safe range', () => {
    const paidOften = { deductedMinor: Number.MAX_SAFE_INTEGER - 1, refundedMinor: Number.MAX_SAFE_INTEGER - 1 }
    given({ accounts: [account(paidOften)] })
      .when(stockReserved())
      .then(fails('sum-out-of-range', 'deductions of an account would exceed 9007199254740991'))
  })
})
