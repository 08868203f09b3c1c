import { medianBy } from './figures/percentiles.ts'
import type { LoadPlan } from './load/plan.ts'
import { type Bench, measure } from './measure.ts'
import type { Run } from './run.ts'
import { percent, whole } from './table.ts'

export interface Runs {
  readonly runs: readonly Run[]
  /** The run in the middle, by its sagas a second; undefined when any broke what always holds. */
  readonly median: Run | undefined
}
export interface RunOptions {
  /** Of each window of measurement. */
  readonly seconds: number
  readonly runs: number
  readonly say: (line: string) => void
}

/** Before each window: what a load needs until it is even. */
const rampMs = 3_000

export async function runsOf(
  bench: Bench,
  { name, ...plan }: Pick<LoadPlan, 'blend' | 'arrival' | 'perPost'> & { readonly name: string },
  { seconds, runs: count, say }: RunOptions,
): Promise<Runs> {
  const runs: Run[] = []
  for (let n = 1; n <= count; n++) {
    const run = await measure(bench, { ...plan, rampMs, windowMs: seconds * 1_000 })
    runs.push(run)
    say(`${name}, run ${n} of ${count}: ${inWords(run)}`)
  }
  return summaryOf(runs)
}

export function summaryOf(runs: readonly Run[]): Runs {
  const broken = runs.some(({ violations }) => violations.length > 0)
  return { runs, median: broken ? undefined : medianBy(runs, run => run.sagasPerSecond) }
}

/** Load before the first measurement: what a process needs until its code is compiled. @throws Error when it broke what always holds */
export async function warmUp(
  bench: Bench,
  plan: Pick<LoadPlan, 'blend' | 'arrival' | 'perPost'>,
  seconds: number,
): Promise<void> {
  const { violations } = await measure(bench, { ...plan, rampMs: 0, windowMs: seconds * 1_000 })
  if (violations.length > 0) throw new Error(['the warm-up broke what always holds:', ...violations].join('\n'))
}

export function inWords({ sagasPerSecond, refusedShare, latencyMs, othersShare, violations }: Run): string {
  if (violations.length > 0) return violations.join('\n')
  const refused = refusedShare > 0 ? `, ${percent(refusedShare)}% refused` : ''
  const disturbed = othersShare > 0.05 ? `; others used ${(100 * othersShare).toFixed(0)}% of the machine` : ''
  return `${whole(sagasPerSecond)} sagas/s${refused}, p50 ${whole(latencyMs.p50)} ms, p99 ${whole(latencyMs.p99)} ms${disturbed}`
}
