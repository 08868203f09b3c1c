import { type BatchCounts, batchSizes } from './figures/batches.ts'
import type { DatabaseCounts } from './figures/database.ts'
import type { Ending } from './figures/endings.ts'
import { shareOfMachine } from './figures/machine.ts'
import { type Percentiles, percentilesOf } from './figures/percentiles.ts'
import type { Arrival, Loaded } from './load/plan.ts'

export interface Run {
  /** Settled in the window, whatever their end, a second of it. */
  readonly sagasPerSecond: number
  /** Of these, those that ended confirmed. */
  readonly confirmedPerSecond: number
  readonly settled: number
  readonly windowSeconds: number
  /**
   * From the moment at which it should have been sent to the commit that settled it, of the confirmed orders of the window. An
   * open loop's refused ones are slower than any: infinite, null in JSON.
   */
  readonly latencyMs: Percentiles
  /** Of the orders that should have been sent in the window, those that were turned away, not answered or never sent. */
  readonly refusedShare: number
  /** Of all that were placed, by status. */
  readonly endings: Readonly<Record<string, number>>
  readonly answers: Readonly<Record<string, number>>
  /** By process; `load` is the generator's, `watch` the backend that a closed loop asks what is under way. */
  readonly cpuMicrosPerSaga: Readonly<Record<string, number>>
  readonly walBytesPerSaga: number
  readonly walSyncsPerSaga: number
  readonly transactionsPerSaga: number
  readonly batchSizes: Readonly<Record<string, number>>
  /** Of the machine's CPU time, what was used by others than those measured: near 0, or the figures are worth little. */
  readonly othersShare: number
  /** Of this machine's clock. */
  readonly window: { readonly fromMs: number; readonly toMs: number }
  /** A run that has any has no figures. */
  readonly violations: readonly string[]
}

/** What has been counted up to one moment. */
export interface Look {
  readonly atMs: number
  readonly cpu: Readonly<Record<string, number>>
  readonly machineCpuMicros: number
  readonly database: DatabaseCounts
  readonly batches: BatchCounts
}

/** What a window of measurement has cost and brought: from a look at its beginning and at its end, and what was there when all was at rest. */
export function runOf(o: {
  before: Look
  after: Look
  loop: Arrival['loop']
  loaded: Loaded
  endings: Map<string, Ending>
  violations: readonly string[]
}): Run {
  const { before, after, loaded, endings } = o
  const [fromMs, toMs] = [before.atMs, after.atMs]
  const windowSeconds = (toMs - fromMs) / 1_000
  const within = (ms: number | null | undefined) => typeof ms === 'number' && ms >= fromMs && ms < toMs
  const ended = loaded.placed.map(({ orderId, intendedMs }) => ({ intendedMs, ending: endings.get(orderId) }))
  const endedWithin = ended.filter(({ ending }) => within(ending?.atMs))
  const settled = endedWithin.length
  const confirmed = endedWithin.filter(({ ending }) => ending?.status === 'CONFIRMED').length
  const waitedMs = ended.flatMap(({ intendedMs, ending }) =>
    within(intendedMs) && ending?.status === 'CONFIRMED' && ending.atMs !== null ? [ending.atMs - intendedMs] : [],
  )
  const refused = loaded.refusedMs.filter(within).length
  const taken = loaded.placed.filter(({ intendedMs }) => within(intendedMs)).length
  // A shop that turns most away must not look quick by that. In a closed loop they come again.
  const inVain = Array.from({ length: o.loop === 'open' ? refused : 0 }, () => Number.POSITIVE_INFINITY)
  const lost = ended.filter(({ ending }) => !ending).length
  const perSaga = (figure: number) => figure / settled
  const change = (count: (look: Look) => number) => count(after) - count(before)
  const grown = (count: (look: Look) => number) => perSaga(change(count))
  const ours = change(({ cpu }) => Object.values(cpu).reduce((sum, each) => sum + each, 0))
  const others = change(look => look.machineCpuMicros) - ours
  return {
    ...{ sagasPerSecond: settled / windowSeconds, confirmedPerSecond: confirmed / windowSeconds },
    ...{ settled, windowSeconds, latencyMs: percentilesOf([...waitedMs, ...inVain]) },
    refusedShare: refused / (taken + refused),
    endings: countBy(ended.map(({ ending }) => ending?.status ?? 'LOST')),
    answers: loaded.answers,
    cpuMicrosPerSaga: Object.fromEntries(
      Object.keys(after.cpu).map(name => [name, grown(({ cpu }) => cpu[name] ?? 0)]),
    ),
    walBytesPerSaga: grown(({ database }) => database.walBytes),
    walSyncsPerSaga: grown(({ database }) => database.walSyncs),
    transactionsPerSaga: grown(({ database }) => database.transactions),
    batchSizes: batchSizes(before.batches, after.batches),
    othersShare: shareOfMachine(others, windowSeconds),
    window: { fromMs, toMs },
    violations: lost > 0 ? [...o.violations, `${lost} orders that were answered 202 are not there`] : o.violations,
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
