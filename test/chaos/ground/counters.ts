import { metricsOf, type Sample } from '../../e2e/metrics.ts'
import type { Instance } from './ground.ts'

export interface Counters {
  /** Asks all instances that answer, now. */
  refresh(): Promise<void>
  /** The sum of a counter over all lives of all instances, of those series that have these labels; what a process counted after the last look at it is not in it. */
  total(name: string, where?: Readonly<Record<string, string>>): number
  stop(): Promise<void>
}

const everyMs = 2_000
const sizes = ['saga_batch_size_bucket', 'saga_batch_size_count', 'saga_batch_size_sum']
const kept = new Set(['saga_steps_total', 'saga_retries_total', ...sizes])

/** Counters that outlive their processes: each process begins at 0, and what its predecessors had counted is kept. */
export function watchCounters(instances: readonly Instance[]): Counters {
  /** By process, then by series. */
  const lives = new Map<string, Map<string, Sample>>()

  async function look({ name, process }: Instance): Promise<void> {
    const { pid } = process
    const samples = await metricsOf(process.url, 1_500).catch(() => [])
    if (pid === undefined || pid !== process.pid) return
    const series = samples
      .filter(sample => kept.has(sample.name))
      .map(sample => [`${sample.name} ${JSON.stringify(sample.labels)}`, sample] as const)
    if (series.length > 0) lives.set(`${name} ${pid}`, new Map(series))
  }
  let looking: Promise<unknown> | undefined
  const refresh = async (): Promise<void> => {
    looking ??= Promise.all(instances.map(look)).finally(() => {
      looking = undefined
    })
    await looking
  }
  const timer = setInterval(() => void refresh(), everyMs)

  return {
    refresh,
    total: (name, where = {}) =>
      [...lives.values()]
        .flatMap(series => [...series.values()])
        .filter(sample => sample.name === name && matches(sample, where))
        .reduce((sum, { value }) => sum + value, 0),
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}

const matches = ({ labels }: Sample, where: Readonly<Record<string, string>>) =>
  Object.entries(where).every(([name, value]) => labels[name] === value)
