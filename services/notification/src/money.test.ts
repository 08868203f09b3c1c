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

test.each([
  ['euro', '"euro" is no ISO 4217 code'],
  ['EURO', '"EURO" is no ISO 4217 code'],
  ['aEUR', '"aEUR" is no ISO 4217 code'],
  ['E'.repeat(1_000), `"${'E'.repeat(20)}" is no ISO 4217 code`],
])('a currency that is none is a permanent error, since no later try would know it: %.9s', (currency, message) =>
  expect(() => formatMinor(1, currency)).toThrow(expect.objectContaining({ code: 'unknown-currency', message })),
)
