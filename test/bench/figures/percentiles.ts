export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Nearest rank. NaN of nothing. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** The middle one of some runs by a figure of theirs: of an even number the lower of the two in the middle. */
export function medianBy<T>(all: readonly T[], figure: (one: T) => number): T | undefined {
  return all.toSorted((a, b) => figure(a) - figure(b))[Math.floor((all.length - 1) / 2)]
}
