import { fails, succeeded, testing } from 'saga-kit/testing'
import { describe, test } from 'vitest'
import { account, balanceRefunded, debit, orderCancelled, orderId, refundRequested } from './examples.ts'
import { balance } from './participant.ts'

const { given, now } = testing(balance)
const paid = account({ deductedMinor: 2_500 })

describe.each([
  { event: orderCancelled(), cause: 'order-cancelled' as const },
  { event: refundRequested(), cause: 'refund-requested' as const },
])('paying back on $event.type', ({ event, cause }) => {
  test('gives back what was deducted', () =>
    given({ accounts: [paid], debits: [debit()] })
      .done('deduct_balance')
      .when(event)
      .then(succeeded(balanceRefunded(cause)), {
        accounts: [account({ deductedMinor: 2_500, refundedMinor: 2_500 })],
        debits: [debit({ refundedAt: now })],
      }))
  test('gives it to the account that paid', () => {
    const payer = account({ customerId: 'grace', deductedMinor: 2_500 })
    given({ accounts: [account(), payer], debits: [debit({ customerId: 'grace' })] })
      .done('deduct_balance')
      .when(event)
      .then(succeeded(balanceRefunded(cause)), {
        accounts: [account(), account({ customerId: 'grace', deductedMinor: 2_500, refundedMinor: 2_500 })],
        debits: [debit({ customerId: 'grace', refundedAt: now })],
      })
  })
  test('answers when nothing was deducted', () =>
    given({ accounts: [account()] })
      .notDone('deduct_balance')
      .when(event)
      .then(succeeded(balanceRefunded(cause, 0))))
  test('contradicts a fence that knows a deduction without a debit', () =>
    given({ accounts: [account()] })
      .done('deduct_balance')
      .when(event)
      .then(fails('debit-missing', `${orderId} should have been paid, but has no debit`)))
  test('never pays back twice', () =>
    given({ accounts: [paid], debits: [debit({ refundedAt: now })] })
      .done('deduct_balance')
      .when(event)
      .then(fails('debit-refunded', `the debit of ${orderId} was paid back before`)))
  test('never pays back into nothing', () =>
    given({ debits: [debit()] })
      .done('deduct_balance')
      .when(event)
      .then(fails('account-missing', `the account that paid for ${orderId} is gone`)))
})
