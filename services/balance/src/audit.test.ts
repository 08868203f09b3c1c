import { booksOf } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { account, debit, orderId } from './examples.ts'
import { balance } from './participant.ts'

const refundedAt = new Date('2026-01-02T00:00:00.000Z')

test.each([
  ['paid', debit(), ['deducted EUR 2500', 'refunded EUR 0']],
  ['paid and paid back', debit({ refundedAt }), ['deducted EUR 2500', 'refunded EUR 2500']],
])('of an order that was %s: %j', (_, row, expected) => {
  const said = audit.says.debits!(row)
  expect(said.map(({ family, of, amount }) => `${family} ${of} ${amount}`)).toEqual(expected)
  for (const { family } of said) expect(audit.families).toContain(family)
})

/** One order has paid, another has its money back. */
const bank = {
  accounts: [account({ deductedMinor: 5_000, refundedMinor: 2_500 }), account({ customerId: 'grace' })],
  debits: [debit(), debit({ orderId: 'back', refundedAt })],
}
const books = (rows: object) => booksOf(balance, rows as Parameters<typeof booksOf>[1])

test('accounts are the sum of the debits, part by part', () => {
  expect(books(bank).map(({ book, wrong, parts }) => ({ book, wrong, parts }))).toEqual([
    { book: 'balance', wrong: 0, parts: { balance: -17_500, deducted: -5_000, deposited: 20_000, refunded: 2_500 } },
    { book: 'deducted', wrong: 0, parts: { account: 5_000, debits: -5_000 } },
    { book: 'refunded', wrong: 0, parts: { account: 2_500, debits: -2_500 } },
  ])
})

describe('what does not add up is named', () => {
  const [ada, grace] = bank.accounts
  const withAccount = (change: object) => ({ ...bank, accounts: [{ ...ada, ...change }, grace] })
  const without = (gone: string) => ({ ...bank, debits: bank.debits.filter(row => row.orderId !== gone) })
  test.each<[string, object, string[]]>([
    ['a cent more', withAccount({ balanceMinor: ada!.balanceMinor + 1 }), ['balance ada EUR']],
    ['a deposit that is not in the balance', withAccount({ depositedMinor: 10_001 }), ['balance ada EUR']],
    ['a debit that is gone', without(orderId), ['deducted ada EUR']],
    ['a debit that is gone with its refund', without('back'), ['deducted ada EUR', 'refunded ada EUR']],
    [
      'a debit of another account',
      { ...bank, debits: [debit({ customerId: 'grace' }), bank.debits[1]] },
      ['deducted ada EUR', 'deducted grace EUR'],
    ],
  ])('%s', (_, rows, expected) => {
    const wrong = books(rows).flatMap(({ book, violations }) => violations.map(({ account: of }) => `${book} ${of}`))
    expect(wrong).toEqual(expected)
  })
})
