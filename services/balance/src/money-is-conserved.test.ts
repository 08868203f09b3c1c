import fc from 'fast-check'
import type { Message } from 'saga-kit'
import { asked, booksOf, testing } from 'saga-kit/testing'
import { OrderCancelled, RefundRequested, StockReserved } from 'shop-schemas'
import { expect, test } from 'vitest'
import type { Account, Debit } from './account.ts'
import { Deposit } from './deposit.ts'
import { balance } from './participant.ts'

/** As with stock: any message at any time, and a fence that may lie. What the debits do not bear out is thrown, not paid. */
const currency = 'EUR'
const ofOrder = fc
  .record({ orderId: fc.constantFrom('1', '2', '3'), customerId: fc.constantFrom('ada', 'grace') })
  .chain(({ orderId, customerId }) =>
    fc.constantFrom<Message>(
      StockReserved({ orderId, customerId, currency, totalMinor: 3, lines: [] }),
      OrderCancelled({ orderId, customerId, reason: 'timed-out' }),
      RefundRequested({ orderId, customerId, reason: '' }),
      asked(Deposit, { customerId, amountMinor: 5, currency }),
    ),
  )

test('money is conserved, never negative, and every debit stands in its account, after any messages', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(fc.tuple(ofOrder, fc.boolean()), { minLength: 10, maxLength: 30 }), happenings => {
      const story = testing(balance).history()
      const deposited = new Map<string, number>()
      for (const [message, done] of happenings) {
        seen.add(story.happens(message, { done }).end)
        if (message.type === 'Deposit') {
          const { customerId } = message as unknown as { customerId: string }
          deposited.set(customerId, (deposited.get(customerId) ?? 0) + 5)
        }
        expect(booksOf(balance, story.rows).filter(book => book.wrong > 0)).toEqual([])
        check(story.rows as unknown as Tables, deposited)
        for (const debit of (story.rows.debits ?? []) as unknown as Debit[])
          seen.add(debit.refundedAt ? 'back' : 'paid')
      }
    }),
    { numRuns: 300 },
  )
  // Otherwise the property would hold because too little happened.
  expect([...seen].toSorted()).toEqual(['answer', 'back', 'outcome', 'paid', 'thrown'])
})

interface Tables {
  readonly accounts?: readonly Account[]
}
function check({ accounts = [] }: Tables, deposited: ReadonlyMap<string, number>): void {
  for (const { customerId, balanceMinor, depositedMinor } of accounts) {
    expect(balanceMinor).toBeGreaterThanOrEqual(0)
    expect(depositedMinor).toBe(deposited.get(customerId))
  }
}
