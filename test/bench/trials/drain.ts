import { tableOf } from '../table.ts'

/** What stood there at one moment. */
export interface Point {
  readonly seconds: number
  /** Events of the topic that its reader has not committed. */
  readonly left: number
  readonly residentBytes: number
}

/** From the first point to the first at which nothing was left. */
export function overall(points: readonly Point[]): { readonly seconds: number; readonly perSecond: number } {
  const first = points[0]!
  const last = points.find(({ left }) => left === 0) ?? points.at(-1)!
  const seconds = last.seconds - first.seconds
  return { seconds, perSecond: (first.left - last.left) / seconds }
}

export function drainTable(points: readonly Point[]): string {
  return tableOf([
    ['second', 'to read', 'events/s', 'MB'],
    ...points.slice(1).map((point, i) => {
      const before = points[i]!
      const perSecond = (before.left - point.left) / (point.seconds - before.seconds)
      return [point.seconds.toFixed(0), String(point.left), perSecond.toFixed(0), megabytes(point.residentBytes)]
    }),
  ])
}

export const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0)
