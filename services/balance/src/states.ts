import { state } from 'saga-kit'
import type { Account, Debit } from './account.ts'

/** In lock order. */
export const states = {
  debits: state<Debit>()({ table: 'debits', key: 'orderId' }),
  accounts: state<Account>()({ table: 'accounts', key: 'customerId' }),
}
export type States = typeof states
