import { Gauge, Registry } from 'prom-client'
import type { MetricDefinition } from '../runtime/metric-definitions.ts'

/** What `saga audit --prometheus` writes. An audit that did not reach everybody writes nothing, and the time of the last one tells. */
export const auditMetricDefinitions = {
  violations: {
    name: 'saga_audit_violations',
    type: 'gauge',
    help: 'What the last audit found that must never be; sagas with a discarded message count, unless `saga audit` was told --accept-discarded. Pages.',
    labels: [],
  },
  completed: {
    name: 'saga_audit_completed_timestamp_seconds',
    type: 'gauge',
    help: 'When the last audit that reached every service ended, in seconds since 1970.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>

export async function auditMetrics(violations: number, endedAt: Date): Promise<string> {
  const registry = new Registry()
  const set = ({ name, help }: MetricDefinition, value: number) =>
    new Gauge({ name, help, registers: [registry] }).set(value)
  set(auditMetricDefinitions.violations, violations)
  set(auditMetricDefinitions.completed, endedAt.getTime() / 1_000)
  return registry.metrics()
}
