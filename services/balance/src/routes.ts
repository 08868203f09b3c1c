import { commandRoute, queryRoute } from 'saga-kit/runtime'
import { z } from 'zod'
import { Deposit } from './deposit.ts'
import { accountView, readAccount } from './read-account.ts'

const customerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not 1 to 64 letters, digits, dots, - or _')
const currency = z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code, like EUR')

export const routes = [
  commandRoute({
    method: 'POST',
    path: '/accounts/:customerId/deposits',
    summary: 'Adds money to an account; the first deposit opens it.',
    params: z.object({ customerId }),
    body: z.strictObject({ amountMinor: z.int().min(1), currency }),
    status: 201,
    command: Deposit,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
    answer: z.object({ customerId: z.string(), balanceMinor: z.int(), currency: z.string() }),
  }),
  queryRoute({
    method: 'GET',
    path: '/accounts/:customerId',
    summary: 'An account: balance = deposited - deducted + refunded, in minor units.',
    params: z.object({ customerId }),
    response: accountView,
    read: ({ params, db }) => readAccount(db, params.customerId),
  }),
]
