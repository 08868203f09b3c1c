import { auditOf, figure, posting } from 'saga-kit'
import { states } from './states.ts'

/** What was really paid and paid back, by the debits; and that the accounts are the sum of these. */
export const audit = auditOf(states, {
  figures: ['deducted', 'refunded'],
  says: {
    debits: ({ currency, amountMinor, refundedAt }) => [
      figure('deducted', currency, amountMinor),
      figure('refunded', currency, refundedAt ? amountMinor : 0),
    ],
  },
  books: {
    accounts({ customerId, currency, balanceMinor, depositedMinor, deductedMinor, refundedMinor }) {
      const account = `${customerId} ${currency}`
      return [
        posting('balance', account, 'deposited', depositedMinor),
        posting('balance', account, 'deducted', -deductedMinor),
        posting('balance', account, 'refunded', refundedMinor),
        posting('balance', account, 'balance', -balanceMinor),
        posting('deducted', account, 'account', deductedMinor),
        posting('refunded', account, 'account', refundedMinor),
      ]
    },
    debits({ customerId, currency, amountMinor, refundedAt }) {
      const account = `${customerId} ${currency}`
      return [
        posting('deducted', account, 'debits', -amountMinor),
        posting('refunded', account, 'debits', refundedAt ? -amountMinor : 0),
      ]
    },
  },
})
