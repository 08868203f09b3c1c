import { identify } from '../../infra/local/process-table.ts'
import { type BatchCounts, batchSizes } from './figures/batches.ts'
import { cpuMicrosOf } from './figures/cpu.ts'
import { type DatabaseCounts, databaseCounts } from './figures/database.ts'
import { type Ending, endingsOf } from './figures/endings.ts'
import { machineCpuMicros, shareOfMachine } from './figures/machine.ts'
import { type Percentiles, percentilesOf } from './figures/percentiles.ts'
import type { BenchStack } from './ground/stack.ts'
import type { LoadProcess } from './load/load-process.ts'
import type { Loaded, LoadPlan } from './load/plan.ts'
import { firstIdAt } from './load/under-way.ts'
import type { Target } from './target.ts'

export interface Run {
  /** Settled in the window, whatever their end, a second of it. */
  readonly sagasPerSecond: number
  readonly settled: number
  readonly windowSeconds: number
  /** From the moment at which it should have been sent to the commit that settled it, of the confirmed orders of the window. */
  readonly latencyMs: Percentiles
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

export interface Bench {
  readonly ground: BenchStack
  readonly target: Target
  readonly load: LoadProcess
}

interface Look {
  readonly atMs: number
  readonly cpu: Readonly<Record<string, number>>
  readonly machineCpuMicros: number
  readonly database: DatabaseCounts
  readonly batches: BatchCounts
}

/** One load, from its ramp to the audit after it. */
export async function measure(
  bench: Bench,
  plan: Omit<LoadPlan, keyof Pick<Target, 'orderUrls' | 'door' | 'ordersUrl' | 'goods'>>,
): Promise<Run> {
  const { target, load } = bench
  const { orderUrls, door, ordersUrl, goods } = target
  const since = new Date()
  const looks: Promise<Look>[] = []
  const loaded = await load.run(
    { ...plan, orderUrls, door, ordersUrl, goods },
    { opens: () => looks.push(look(bench)), closes: () => looks.push(look(bench)) },
  )
  const violations = await target.violationsAtRest(since)
  const endings = await endingsOf(target.orders, firstIdAt(since.getTime() - 1))
  const [before, after] = (await Promise.all(looks)) as [Look, Look]
  return runOf({ before, after, loaded, endings, violations })
}

async function look({ ground, target, load }: Bench): Promise<Look> {
  const { postgres, kafka, registry } = ground.processes
  const cpu: Record<string, number> = {}
  const machineMicros = machineCpuMicros()
  const atMs = Date.now()
  for (const { name, id } of target.processes()) cpu[name] = (cpu[name] ?? 0) + cpuMicrosOf(id)
  const watch = load.backendPid === undefined ? undefined : identify(load.backendPid)
  cpu.postgres = cpuMicrosOf(postgres, watch ? [watch.pid] : [])
  cpu.kafka = cpuMicrosOf(kafka)
  cpu.registry = cpuMicrosOf(registry)
  cpu.load = cpuMicrosOf(identify(load.pid)!)
  cpu.watch = watch ? cpuMicrosOf(watch) : 0
  const [database, batches] = await Promise.all([databaseCounts(ground.admin), target.batches()])
  return { atMs, cpu, machineCpuMicros: machineMicros, database, batches }
}

function runOf(o: {
  before: Look
  after: Look
  loaded: Loaded
  endings: Map<string, Ending>
  violations: readonly string[]
}): Run {
  const { before, after, loaded, endings } = o
  const [fromMs, toMs] = [before.atMs, after.atMs]
  const windowSeconds = (toMs - fromMs) / 1_000
  const within = (ms: number | null | undefined) => typeof ms === 'number' && ms >= fromMs && ms < toMs
  const ended = loaded.placed.map(({ orderId, intendedMs }) => ({ intendedMs, ending: endings.get(orderId) }))
  const settled = ended.filter(({ ending }) => within(ending?.atMs)).length
  const latencies = ended.flatMap(({ intendedMs, ending }) =>
    within(intendedMs) && ending?.status === 'CONFIRMED' && ending.atMs !== null ? [ending.atMs - intendedMs] : [],
  )
  // They have waited in vain: slower than any.
  for (const ms of loaded.neverSentMs) if (within(ms)) latencies.push(Number.POSITIVE_INFINITY)
  const lost = ended.filter(({ ending }) => !ending).length
  const perSaga = (figure: number) => figure / settled
  const change = (count: (look: Look) => number) => count(after) - count(before)
  const grown = (count: (look: Look) => number) => perSaga(change(count))
  const ours = change(({ cpu }) => Object.values(cpu).reduce((sum, each) => sum + each, 0))
  const others = change(look => look.machineCpuMicros) - ours
  return {
    ...{ sagasPerSecond: settled / windowSeconds, settled, windowSeconds, latencyMs: percentilesOf(latencies) },
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
