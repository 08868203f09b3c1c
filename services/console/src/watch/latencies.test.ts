import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addBuckets, bucketEndsMs, bucketsOf, quantileMs } from './latencies.ts'

const sum = (latencies: readonly number[]) => latencies.map(bucketsOf).reduce(addBuckets)

test('no quantile of nothing', () => expect(quantileMs(bucketsOf(1).fill(0), 0.5)).toBeNull())

test('what is longer than every bucket is said to be as long as the longest', () =>
  expect(quantileMs(bucketsOf(1e12), 0.95)).toBe(bucketEndsMs.at(-1)))

test('a quantile lies in the bucket of the latency of that rank', () =>
  fc.assert(
    fc.property(
      fc.array(fc.nat(80_000_000), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (latencies, share) => {
        const ranked = latencies.toSorted((a, b) => a - b)
        const exact = ranked[Math.max(0, Math.ceil(share * ranked.length) - 1)]!
        const bucket = bucketsOf(exact).indexOf(1)
        const found = quantileMs(sum(latencies), share)!
        expect(found).toBeGreaterThanOrEqual(bucketEndsMs[bucket - 1] ?? 0)
        expect(found).toBeLessThanOrEqual(bucketEndsMs[bucket] ?? Infinity)
      },
    ),
  ))
