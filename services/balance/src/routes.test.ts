import { describe, expect, test } from 'vitest'
import { routes } from './routes.ts'

const deposits = routes.find(route => route.kind === 'command')!

describe('POST /accounts/:customerId/deposits', () => {
  const takes = (body: object) => deposits.body!.safeParse({ amountMinor: 1, currency: 'EUR', ...body }).success
  test.each([1, Number.MAX_SAFE_INTEGER])('takes %d', amountMinor => expect(takes({ amountMinor })).toBe(true))
  test.each([0, -1, 0.5, Number.MAX_SAFE_INTEGER + 1, '1', null])('refuses %s', amountMinor =>
    expect(takes({ amountMinor })).toBe(false),
  )
  test.each(['eur', 'EURO', '', '€', null])('refuses the currency %s', currency =>
    expect(takes({ currency })).toBe(false),
  )
  test('refuses what it does not know', () => expect(takes({ balanceMinor: 9 })).toBe(false))
  test('is about the customer of its path', () =>
    expect(deposits.toCommand({ params: { customerId: 'ada' }, body: { amountMinor: 5, currency: 'EUR' } })).toEqual({
      customerId: 'ada',
      amountMinor: 5,
      currency: 'EUR',
    }))
})

test.each(['', '/', 'a b', '.a', 'a'.repeat(65), "a'b"])('%s is no customer', customerId => {
  for (const route of routes) expect(route.params.safeParse({ customerId }).success).toBe(false)
})
