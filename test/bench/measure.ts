import { identify } from '../../infra/local/process-table.ts'
import { firstSagaIdAt } from '../../shared/src/core/ids.ts'
import { cpuMicrosOf } from './figures/cpu.ts'
import { databaseCounts } from './figures/database.ts'
import { endingsOf } from './figures/endings.ts'
import { machineCpuMicros } from './figures/machine.ts'
import type { BenchStack } from './ground/stack.ts'
import type { LoadProcess } from './load/load-process.ts'
import type { LoadPlan } from './load/plan.ts'
import { type Look, type Run, runOf } from './run.ts'
import type { Target } from './target.ts'

export interface Bench {
  readonly ground: BenchStack
  readonly target: Target
  readonly load: LoadProcess
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
  const endings = await endingsOf(target.orders, firstSagaIdAt(since.getTime() - 1))
  const [before, after] = (await Promise.all(looks)) as [Look, Look]
  return runOf({ before, after, loop: plan.arrival.loop, loaded, endings, violations })
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
