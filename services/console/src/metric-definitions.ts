import type { MetricDefinition } from 'saga-kit/parts'

/** Every metric of the console as data; docs/metrics.md is made from this table. All carry the label `service` besides. */
export const consoleMetricDefinitions = {
  paused: {
    name: 'saga_console_paused',
    type: 'gauge',
    help: '1 while the console waits for what is away, by `cause`: database, kafka, registry. It loses nothing meanwhile.',
    labels: ['cause'],
  },
} satisfies Record<string, MetricDefinition>
