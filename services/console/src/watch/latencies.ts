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

/** Of fewer there is nothing to say: the median of three is whatever the second was. */
const fewest = 5

/**
 * Within which time this share was answered: the end of a bucket, since where in it they lie is not known. Null of too few
 * (of 95 in 100 at least twenty, so that one lies beyond it), and where it is behind the last bucket. @param share below 1
 */
export function withinMs(buckets: readonly number[], share: number): number | null {
  const all = buckets.reduce((sum, count) => sum + count, 0)
  if (all < Math.max(fewest, Math.round(1 / (1 - share)))) return null
  let counted = 0
  const bucket = buckets.findIndex(count => {
    counted += count
    return counted >= share * all
  })
  return bucketEndsMs[bucket] ?? null
}
