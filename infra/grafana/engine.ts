import type { Board } from './board.ts'

const used = 'rate(process_cpu_seconds_total{service=~"$service"}[$__rate_interval])'
/** Of all services: only the one that settles sagas counts them. */
const settled = 'scalar(sum(rate(saga_duration_seconds_count[$__rate_interval])))'

/** What the engine costs: CPU, memory and transactions, by service and by saga. */
export const engine: Board = {
  title: 'Cost of the engine',
  uid: 'saga-engine',
  rows: [
    {
      title: 'A saga',
      panels: [
        {
          title: 'CPU a saga',
          says: 'Of the services, without PostgreSQL and Kafka, by sagas that settled meanwhile; idle services make it look dear.',
          unit: 's',
          queries: [{ expr: `sum by (service) (${used}) / ${settled}`, legend: '{{service}}' }],
        },
        {
          title: 'Transactions a saga',
          says: 'Falls under load, since what comes together shares one.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (service) (rate(saga_batch_size_count{service=~"$service"}[$__rate_interval])) / ${settled}`,
              legend: '{{service}}',
            },
          ],
        },
        {
          title: 'Transactions',
          says: 'By what brought their messages.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (service, source) (rate(saga_batch_size_count{service=~"$service"}[$__rate_interval]))',
              legend: '{{service}} {{source}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'CPU',
          says: 'Of a core, by instance. Near 1 the instance is at its limit: its one thread is busy all the time.',
          unit: 'percentunit',
          queries: [{ expr: used, legend: '{{service}} {{instance}}' }],
        },
        {
          title: 'Event loop late by, p99',
          says: 'What one thing at work makes the others wait. Above some hundred milliseconds heartbeats suffer.',
          unit: 's',
          queries: [
            { expr: 'nodejs_eventloop_lag_p99_seconds{service=~"$service"}', legend: '{{service}} {{instance}}' },
          ],
        },
        {
          title: 'Memory',
          says: 'Resident, and of it the heap in use.',
          unit: 'bytes',
          queries: [
            { expr: 'process_resident_memory_bytes{service=~"$service"}', legend: '{{service}} {{instance}}' },
            { expr: 'nodejs_heap_size_used_bytes{service=~"$service"}', legend: '{{service}} {{instance}} heap' },
          ],
        },
        {
          title: 'Garbage collection',
          says: 'Share of the time.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum by (service, instance) (rate(nodejs_gc_duration_seconds_sum{service=~"$service"}[$__rate_interval]))',
              legend: '{{service}} {{instance}}',
            },
          ],
        },
      ],
    },
  ],
}
