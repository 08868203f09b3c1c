import { expect, test } from 'vitest'
import { formatMinor } from './money.ts'

test.each([
  [2_500, 'EUR', 'EUR 25.00'],
  [7, 'EUR', 'EUR 0.07'],
  [0, 'USD', 'USD 0.00'],
  [5_000, 'JPY', 'JPY 5,000'],
  [1_234, 'KWD', 'KWD 1.234'],
  [Number.MAX_SAFE_INTEGER, 'EUR', 'EUR 90,071,992,547,409.91'],
])('%d %s is %s', (amountMinor, currency, text) => expect(formatMinor(amountMinor, currency)).toBe(text))

test('a currency that is none is a permanent error: no later try would know it', () =>
  expect(() => formatMinor(1, 'euro')).toThrow(expect.objectContaining({ code: 'unknown-currency' })))
