import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { MetricDefinition } from './metric-definitions.ts'

/** Node measures by a timer: at prom-client's 10 ms it woke a quiet service more often than all else together. */
const eventLoopEveryMs = 100

/** The registry of one service, so that several can live in one test process, and what makes its metrics from their definitions. */
export function registryOf(service: string, { ofNode }: { readonly ofNode: boolean }) {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  if (ofNode) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopEveryMs })
  const named = ({ name, help, labels }: MetricDefinition) => ({
    ...{ name, help, labelNames: [...labels], registers: [registry] },
  })
  return {
    registry,
    counter: (definition: MetricDefinition) => new Counter(named(definition)),
    gauge: (definition: MetricDefinition) => new Gauge(named(definition)),
    histogram: (definition: MetricDefinition) =>
      new Histogram({ ...named(definition), buckets: [...(definition.buckets ?? [])] }),
  }
}
