import type { Item, Mark } from './item.ts'

/** An item with its lane and its place on the time axis, which runs down the page. In pixels. */
export interface Placed {
  readonly item: Item
  readonly lane: number
  readonly top: number
  readonly height: number
  /** Time since the item above; null for the first and for what is still to come. */
  readonly sinceMs: number | null
}
export interface Places {
  readonly placed: readonly Placed[]
  readonly height: number
}

const lineHeight = 19
const padding = 12
const smallestGap = 12
const largestGap = 84

/**
 * One item to a row, so that an arrow that runs along a row crosses nothing. The distance grows with the logarithm of the
 * time between: milliseconds can be told from seconds, and an hour does not push the rest off the page.
 */
export function place(items: readonly Item[], lanes: readonly string[], boxWidth: number): Places {
  let end = 0
  let lastMs: number | null = null
  const placed = items.map(item => {
    const sinceMs = item.atMs === null || lastMs === null ? null : Math.max(0, item.atMs - lastMs)
    const top = end + (lastMs === null ? smallestGap : gap(sinceMs))
    const height = heightOf(item, boxWidth)
    end = top + height
    lastMs = item.atMs ?? lastMs
    return { item, lane: lanes.indexOf(item.service), top, height, sinceMs }
  })
  return { placed, height: end + smallestGap }
}

/** A lane for each service that has to do with it, in the order of all pages; who is not declared comes last. */
export function lanesOf(items: readonly Item[], services: readonly string[]): string[] {
  const there = new Set(items.map(item => item.service))
  const undeclared = [...there].filter(service => !services.includes(service)).sort()
  return [...services.filter(service => there.has(service)), ...undeclared]
}

const heightOf = ({ operation, marks }: Item, boxWidth: number) =>
  padding + lineHeight * (1 + (operation ? 1 : 0) + linesOf(marks, boxWidth - 24))

/** On how many lines the marks will wrap, by what their text takes at most: heights must be known before anything is drawn. */
export function linesOf(marks: readonly Mark[], width: number): number {
  let [lines, left] = [0, 0]
  for (const { text, icon } of marks) {
    const needed = text.length * 7.2 + (icon ? 32 : 16)
    if (needed > left) {
      lines += 1
      left = width
    }
    left -= needed
  }
  return lines
}

const gap = (sinceMs: number | null) =>
  sinceMs === null ? 28 : Math.min(largestGap, smallestGap + 13 * Math.log10(1 + sinceMs / 5))

/** Longer pauses are drawn as a break in the axis. */
export const isBreak = (sinceMs: number | null) => sinceMs !== null && sinceMs >= 5_000
