import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './retry-policy.ts'

const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const delay = fc.integer({ min: 1, max: 3_600_000 })

test('rule 17: a delay is whole milliseconds, never negative, never above the maximum nor above what this try allows', () => {
  fc.assert(
    fc.property(
      delay,
      delay,
      fc.integer({ min: 1, max: 2_000 }),
      jitter,
      (baseDelayMs, maxDelayMs, attempts, random) => {
        const ms = backoffMs({ maxAttempts: 5, baseDelayMs, maxDelayMs }, attempts, random)
        expect(Number.isInteger(ms)).toBe(true)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThanOrEqual(Math.min(maxDelayMs, baseDelayMs * 2 ** (attempts - 1)))
      },
    ),
  )
})

test('rule 17: the range doubles with each try, and the whole of it is used', () => {
  const policy = { maxAttempts: 5, baseDelayMs: 100, maxDelayMs: 1_000 }
  expect([1, 2, 3, 4, 5, 6].map(attempts => backoffMs(policy, attempts, 0.999_999))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
  expect(backoffMs(policy, 3, 0)).toBe(0)
  expect(backoffMs(policy, 3, 0.5)).toBe(200)
})
