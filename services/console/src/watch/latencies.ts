/** Upper ends of the buckets in ms: 1, 2, 5, 10, ... up to some hours; the last bucket, behind them, has no end. */
export const bucketEndsMs: readonly number[] = Array.from(
  { length: 24 },
  (_, at) => [1, 2, 5][at % 3]! * 10 ** Math.floor(at / 3),
)

/** One latency as counts by bucket: they add up, over minutes and over instances. */
export function bucketsOf(latencyMs: number): number[] {
  const found = bucketEndsMs.findIndex(endMs => latencyMs <= endMs)
  const bucket = found === -1 ? bucketEndsMs.length : found
  return Array.from({ length: bucketEndsMs.length + 1 }, (_, at) => (at === bucket ? 1 : 0))
}

export const addBuckets = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, at) => (a[at] ?? 0) + (b[at] ?? 0))

/** The latency below which this share lies, evenly spread within a bucket; null without any. @param share from 0 to 1 */
export function quantileMs(buckets: readonly number[], share: number): number | null {
  const all = buckets.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  const wanted = share * all
  let below = 0
  for (const [at, count] of buckets.entries()) {
    if (count > 0 && below + count >= wanted) {
      const from = bucketEndsMs[at - 1] ?? 0
      return from + ((bucketEndsMs[at] ?? from) - from) * ((wanted - below) / count)
    }
    below += count
  }
  return bucketEndsMs.at(-1)!
}
