import { auditMetricDefinitions } from 'saga-kit/operating'
import type { registryOf } from 'saga-kit/parts'
import { invariants } from './invariants.ts'
import { watchMetricDefinitions as d } from './metric-definitions.ts'
import type { OverdueCount } from './read-overdue.ts'
import type { Operation } from './taken.ts'

/** Labels that strangers may have chosen make no more series than this. */
const mostSeries = 20

export type WatchMetrics = ReturnType<typeof createWatchMetrics>

export function createWatchMetrics({ gauge }: Pick<ReturnType<typeof registryOf>, 'gauge'>) {
  const gauges = {
    ...{ overdue: gauge(d.overdue), overdueOldest: gauge(d.overdueOldest), looksDue: gauge(d.looksDue) },
    ...{ undeclared: gauge(d.undeclared), unseen: gauge(d.unseen), broken: gauge(d.broken) },
    behind: gauge(d.behind),
    violations: gauge(auditMetricDefinitions.violations),
    completed: gauge(auditMetricDefinitions.completed),
  }
  for (const { name } of invariants) gauges.broken.set({ invariant: name }, 0)
  // Nothing has been audited: no series rather than "no violations".
  gauges.violations.reset()
  gauges.completed.reset()

  const perEdge = (
    which: 'undeclared' | 'unseen',
    edges: readonly (Operation & { message: string; seen: number })[],
  ) => {
    gauges[which].reset()
    for (const { service, step, direction, message, seen } of edges.slice(0, mostSeries))
      gauges[which].set({ service, step, direction, message }, seen)
  }
  return {
    overdue(counts: readonly OverdueCount[], looksDue: number) {
      gauges.overdue.reset()
      gauges.overdueOldest.reset()
      for (const { service, step, direction, sagas, oldestSeconds } of counts) {
        gauges.overdue.set({ service, step, direction }, sagas)
        gauges.overdueOldest.set({ service, step, direction }, oldestSeconds)
      }
      gauges.looksDue.set(looksDue)
    },
    edges: perEdge,
    broken(byInvariant: ReadonlyMap<string, number>) {
      for (const { name } of invariants) gauges.broken.set({ invariant: name }, byInvariant.get(name) ?? 0)
    },
    behind: (ms: number) => gauges.behind.set(ms / 1_000),
    audited(violations: number, at: Date) {
      gauges.violations.set(violations)
      gauges.completed.set(at.getTime() / 1_000)
    },
  }
}
