import { registryOf } from 'saga-kit/parts'
import { consoleMetricDefinitions as d } from './metric-definitions.ts'
import type { Recorded } from './observer/record-batch.ts'
import { createWatchMetrics } from './watch/watch-metrics.ts'

export type ConsoleMetrics = ReturnType<typeof createConsoleMetrics>

/** The console's metrics, in a registry of their own. */
export function createConsoleMetrics({ ofNode = true } = {}) {
  const of = registryOf('console', { ofNode })
  const { registry, counter, gauge, histogram } = of
  const paused = gauge(d.paused)
  const records = counter(d.records)
  const undecodable = counter(d.undecodable)
  const putAside = gauge(d.putAside)
  const conflicts = gauge(d.conflicts)
  const judged = counter(d.judged)
  const liveReaders = gauge(d.liveReaders)
  const batchDuration = histogram(d.batchDuration)
  const lag = gauge(d.lag)
  const expired = counter(d.expired)
  for (const kind of ['event', 'copy', 'letter', 'foreign', 'put-aside', 'declaration']) records.inc({ kind }, 0)
  for (const cause of ['database', 'kafka', 'registry']) paused.set({ cause }, 0)
  return {
    registry,
    watch: createWatchMetrics(of),
    paused: (cause: string, isPaused: boolean) => paused.set({ cause }, isPaused ? 1 : 0),
    recorded(recorded: Recorded, seconds: number) {
      records.inc({ kind: 'event' }, recorded.events)
      records.inc({ kind: 'copy' }, recorded.copies)
      records.inc({ kind: 'letter' }, recorded.letters)
      records.inc({ kind: 'foreign' }, recorded.foreign)
      records.inc({ kind: 'declaration' }, recorded.declarations)
      undecodable.inc(recorded.undecodable)
      judged.inc(recorded.sagaIds.length)
      batchDuration.observe(seconds)
    },
    putAside: (count: number) => records.inc({ kind: 'put-aside' }, count),
    standsAside: (count: number) => putAside.set(count),
    conflicts: (count: number) => conflicts.set(count),
    undecodable: (events: number) => undecodable.inc(events),
    lag(partitions: readonly { topic: string; partition: number; records: number }[]) {
      // Partitions that are now another member's are forgotten.
      lag.reset()
      for (const { topic, partition, records: behind } of partitions) lag.set({ topic, partition }, behind)
    },
    liveReaders: (pages: number) => liveReaders.set(pages),
    expired: (sagas: number) => expired.inc(sagas),
  }
}
