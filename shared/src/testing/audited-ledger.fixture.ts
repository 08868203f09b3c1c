import { auditOf, figure, posting } from '../kit.ts'
import type { Participant } from '../participant.ts'
import type { Account, Payment } from './participant.fixture.ts'
import { ledger } from './participant.fixture.ts'

/** The ledger with an audit: what was paid of each saga, and that each account is the sum of its payments. */
export const auditedLedger: Participant<any, any> = {
  ...ledger,
  audit: auditOf(ledger.states, {
    figures: ['paid'],
    says: { payments: ({ amount }: Payment) => [figure('paid', 'EUR', amount)] },
    books: {
      accounts: ({ account, balance }: Account) => [posting('money', account, 'balance', balance)],
      payments: ({ account, amount }: Payment) => [posting('money', account, 'payments', -amount)],
    },
  }),
}
