import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addBuckets, bucketEndsMs, bucketsOf, withinMs } from './latencies.ts'

const sum = (latencies: readonly number[]) => latencies.map(bucketsOf).reduce(addBuckets)

const times = (n: number, latencyMs: number) => Array<number>(n).fill(latencyMs)

test('nothing is said of too few, and of the slowest only when one is slower', () => {
  const told = (n: number, share: number) => withinMs(sum(times(n, 80)), share)
  expect([told(4, 0.5), told(5, 0.5), told(19, 0.95), told(20, 0.95)]).toEqual([null, 100, null, 100])
  expect(withinMs([], 0.5)).toBeNull()
})

test('what is longer than every bucket has no end', () => expect(withinMs(sum(times(30, 1e12)), 0.95)).toBeNull())

test('it is the end of the bucket of the latency of that rank: nothing is made up within it', () =>
  fc.assert(
    fc.property(
      fc.array(fc.nat(40_000_000), { minLength: 20 }),
      fc.double({ min: 0.01, max: 0.95, noNaN: true }),
      (latencies, share) => {
        const ranked = latencies.toSorted((a, b) => a - b)
        const exact = ranked[Math.max(0, Math.ceil(share * ranked.length) - 1)]!
        expect(withinMs(sum(latencies), share)).toBe(bucketEndsMs[bucketsOf(exact).indexOf(1)])
      },
    ),
  ))
