import { auditMetricDefinitions } from 'saga-kit/operating'
import type { registryOf } from 'saga-kit/parts'
import { invariants } from './invariants.ts'
import { watchMetricDefinitions as d } from './metric-definitions.ts'
import type { OverdueCount } from './read-overdue.ts'
import type { Operation } from './taken.ts'

/** Labels that strangers may have chosen make no more series than this. */
const mostSeries = 20

interface LabelledEdge extends Operation {
  readonly message: string
  readonly seen: number
}
export type WatchMetrics = ReturnType<typeof createWatchMetrics>

export function createWatchMetrics({ gauge }: Pick<ReturnType<typeof registryOf>, 'gauge'>) {
  const gauges = {
    ...{ overdue: gauge(d.overdue), overdueOldest: gauge(d.overdueOldest), looksDue: gauge(d.looksDue) },
    ...{ undeclared: gauge(d.undeclared), unseen: gauge(d.unseen), broken: gauge(d.broken), behind: gauge(d.behind) },
  }
  const auditGauges = () => ({
    ...{ violations: gauge(auditMetricDefinitions.violations), completed: gauge(auditMetricDefinitions.completed) },
  })
  // A gauge is there with a 0 as soon as it is made, and would say that nothing was found, long ago.
  let ofAudit: ReturnType<typeof auditGauges> | undefined

  const perEdge = (which: 'undeclared' | 'unseen', edges: readonly LabelledEdge[]) => {
    gauges[which].reset()
    // From several publishers they are one series.
    const summed = new Map<string, LabelledEdge>()
    for (const edge of edges) {
      const key = [edge.service, edge.step, edge.direction, edge.message].join(' ')
      summed.set(key, { ...edge, seen: edge.seen + (summed.get(key)?.seen ?? 0) })
    }
    const most = [...summed.values()].sort((a, b) => b.seen - a.seen).slice(0, mostSeries)
    for (const { service, step, direction, message, seen } of most)
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
      ofAudit ??= auditGauges()
      ofAudit.violations.set(violations)
      ofAudit.completed.set(at.getTime() / 1_000)
    },
  }
}
