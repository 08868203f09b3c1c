import type { Board } from './board.ts'

/** Sagas by ending and latency, and what holds them up. */
export const sagas: Board = {
  title: 'Sagas',
  uid: 'sagas',
  rows: [
    {
      title: 'Endings',
      panels: [
        {
          title: 'Sagas settled',
          says: 'By how they ended. A share that changes is a matter of business, or of a step that says no to everybody.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (ending) (rate(saga_duration_seconds_count{service=~"$service"}[$__rate_interval]))',
              legend: '{{ending}}',
            },
          ],
        },
        {
          title: 'From beginning to settled end',
          says: 'Half of the sagas took less than p50, one in a hundred more than p99. An ending that waits on purpose, for stock that is held, takes as long as that.',
          unit: 's',
          queries: [0.5, 0.95, 0.99].map(quantile => ({
            expr: `histogram_quantile(${quantile}, sum by (le, ending) (rate(saga_duration_seconds_bucket{service=~"$service"}[$__rate_interval])))`,
            legend: `{{ending}} p${quantile * 100}`,
          })),
        },
        {
          title: 'Steps rejected',
          says: 'Business noes, by step: out of stock, short of money. Nobody is called for these.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (service, step) (rate(saga_failed_total{service=~"$service",reason="rejected"}[$__rate_interval]))',
              legend: '{{service}} {{step}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Trouble',
      panels: [
        {
          title: 'Open dead letters',
          says: 'Each holds up its saga until it is replayed or discarded. Should be 0.',
          unit: 'short',
          queries: [
            {
              expr: 'max by (service, step) (saga_dead_letters{service=~"$service"})',
              legend: '{{service}} {{step}}',
            },
          ],
        },
        {
          title: 'Oldest message neither done nor dead',
          says: 'By step. Beyond what the step promises its saga is stuck.',
          unit: 's',
          queries: [
            {
              expr: 'max by (service, step, direction) (saga_unfinished_oldest_seconds{service=~"$service"})',
              legend: '{{service}} {{step}} {{direction}}',
            },
            {
              expr: 'max by (service, step, direction) (saga_within_seconds{service=~"$service"})',
              legend: 'promised: {{service}} {{step}} {{direction}}',
            },
          ],
        },
        {
          title: 'Alerts that fire',
          says: 'The rules of infra/prometheus; what to do about each is in docs/runbook.md.',
          unit: 'short',
          queries: [
            {
              expr: 'count by (alertname, service, step) (ALERTS{alertstate="firing"})',
              legend: '{{alertname}} {{service}} {{step}}',
            },
          ],
        },
        {
          title: 'What the audit found',
          says: 'Violations of what must always hold, by the last run of saga audit --prometheus. Should be 0.',
          unit: 'short',
          queries: [{ expr: 'max(saga_audit_violations)', legend: 'violations' }],
        },
        {
          title: 'Since the last audit',
          says: 'Whether money and goods add up is only known as of then.',
          unit: 's',
          queries: [{ expr: 'time() - max(saga_audit_completed_timestamp_seconds)', legend: 'ago' }],
        },
      ],
    },
  ],
}
