import { accepted, asked, refused, testing } from 'saga-kit/testing'
import { test } from 'vitest'
import { Deposit } from './deposit.ts'
import { account } from './examples.ts'
import { balance } from './participant.ts'

const { given } = testing(balance)
const deposit = (amountMinor = 500, currency = 'EUR') => asked(Deposit, { customerId: 'ada', amountMinor, currency })

test('the first deposit opens the account', () =>
  given()
    .when(deposit())
    .then(accepted({ customerId: 'ada', balanceMinor: 500, currency: 'EUR' }), {
      accounts: [account({ depositedMinor: 500 })],
    }))
test('a later one adds to it', () =>
  given({ accounts: [account({ deductedMinor: 100 })] })
    .when(deposit())
    .then(accepted({ customerId: 'ada', balanceMinor: 10_400, currency: 'EUR' }), {
      accounts: [account({ depositedMinor: 10_500, deductedMinor: 100 })],
    }))
test('another currency is refused', () =>
  given({ accounts: [account()] })
    .when(deposit(500, 'USD'))
    .then(refused('currency-mismatch', 409, 'the account is in EUR, not in USD')))
test('a sum beyond the safe range is refused', () =>
  given({ accounts: [account({ deductedMinor: 10_000 })] })
    .when(deposit(Number.MAX_SAFE_INTEGER - 9_999))
    .then(refused('sum-out-of-range', 422, 'deposits of an account cannot exceed 9007199254740991')))
