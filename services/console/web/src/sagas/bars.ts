import type { Counts } from '../../../src/contract.ts'

/** A part of a bar, from below: in counts, not in pixels. */
export interface Segment {
  readonly series: number
  readonly from: number
  readonly to: number
}

/** What each bucket's bar is made of, in the order of `endings`, which is the legend's. */
export const barsOf = ({ buckets, endings }: Pick<Counts, 'buckets' | 'endings'>): Segment[][] =>
  buckets.map(bucket => {
    let top = 0
    return endings.flatMap((ending, series) => {
      const count = bucket.endings[ending] ?? 0
      if (count === 0) return []
      const from = top
      top += count
      return [{ series, from, to: top }]
    })
  })

/** The chart's upper end: the next of 1, 2, 5, 10, 20, 50 ... that holds everything, so that it has round ticks and rarely changes. */
export function ceiling(highest: number): number {
  if (highest <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  return [1, 2, 5, 10].map(factor => factor * power).find(end => end >= highest)!
}
