import type { Board } from './board.ts'

const rate = (metric: string, by: string, where = '') =>
  `sum by (${by}) (rate(${metric}{service=~"$service"${where}}[$__rate_interval]))`
/** Of the tables: the same at each instance. */
const greatest = (metric: string, by: string) => `max by (${by}) (${metric}{service=~"$service"})`

/** Each participant: what it does, what waits, and what comes in and goes out. */
export const participants: Board = {
  title: 'Participants',
  uid: 'participants',
  rows: [
    {
      title: 'Steps',
      panels: [
        {
          title: 'Steps by outcome',
          says: 'Every delivery of a message ends in one of these (docs/metrics.md).',
          unit: 'ops',
          queries: [{ expr: rate('saga_steps_total', 'service, outcome'), legend: '{{service}} {{outcome}}' }],
        },
        {
          title: 'Steps that did their work',
          says: 'By step and direction.',
          unit: 'ops',
          queries: [
            {
              expr: rate('saga_steps_total', 'service, step, direction', ',outcome="succeeded"'),
              legend: '{{service}} {{step}} {{direction}}',
            },
          ],
        },
        {
          title: 'From taken to committed, p95',
          says: 'How long messages wait for their transaction and its commit. Rises with the load, and with a slow disk under the database.',
          unit: 's',
          queries: [
            {
              expr: `histogram_quantile(0.95, ${rate('saga_step_duration_seconds_bucket', 'le, service, step')})`,
              legend: '{{service}} {{step}}',
            },
          ],
        },
        {
          title: 'Retries',
          says: 'Tries after the first. A few after a deployment are nothing; many of one step end in dead letters.',
          unit: 'ops',
          queries: [{ expr: rate('saga_retries_total', 'service, step'), legend: '{{service}} {{step}}' }],
        },
        {
          title: 'Parked',
          says: 'Messages behind an unfinished one of their saga.',
          unit: 'short',
          queries: [{ expr: greatest('saga_parked', 'service'), legend: '{{service}}' }],
        },
        {
          title: 'Open dead letters',
          says: 'Should be 0.',
          unit: 'short',
          queries: [{ expr: greatest('saga_dead_letters', 'service, step'), legend: '{{service}} {{step}}' }],
        },
      ],
    },
    {
      title: 'In and out',
      panels: [
        {
          title: 'Consumer lag',
          says: 'Records that wait on the topics. Rises while a service is down or paused, and must fall again.',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (service, topic) (saga_consumer_lag{service=~"$service"})',
              legend: '{{service}} {{topic}}',
            },
          ],
        },
        {
          title: 'Oldest event in the outbox',
          says: 'Commits that Kafka has not acknowledged. Seconds are normal; rising means that events do not leave.',
          unit: 's',
          queries: [{ expr: greatest('saga_outbox_oldest_seconds', 'service'), legend: '{{service}}' }],
        },
        {
          title: 'Events in the outbox',
          says: 'At OUTBOX_MAX commands are answered 503. Refused ones leave only when their topic takes them.',
          unit: 'short',
          queries: [
            { expr: greatest('saga_outbox_rows', 'service'), legend: '{{service}}' },
            { expr: greatest('saga_outbox_refused', 'service'), legend: '{{service}} refused' },
          ],
        },
        {
          title: 'Timers late by',
          says: 'How long the most overdue timer has been due.',
          unit: 's',
          queries: [{ expr: greatest('saga_timer_lag_seconds', 'service'), legend: '{{service}}' }],
        },
        {
          title: 'Paused',
          says: '1 while the service waits for something outside of it.',
          unit: 'short',
          queries: [{ expr: greatest('saga_paused', 'service, cause'), legend: '{{service}} {{cause}}' }],
        },
        {
          title: 'Commands turned away',
          says: 'Answered 503 before they were looked at: what came in was more than the services keep up with, or Kafka is away.',
          unit: 'ops',
          queries: [{ expr: rate('saga_turned_away_total', 'service, cause'), legend: '{{service}} {{cause}}' }],
        },
        {
          title: 'Sagas that others have not answered',
          says: 'Begun by commands, about. Rising means that the services behind do not keep up; then more are turned away.',
          unit: 'short',
          queries: [{ expr: 'sum by (service) (saga_under_way{service=~"$service"})', legend: '{{service}}' }],
        },
        {
          title: 'Messages a transaction',
          says: 'More under load: that is what makes it cheap. At MAX_BATCH the database is the limit.',
          unit: 'short',
          queries: [
            {
              expr: `${rate('saga_batch_size_sum', 'service, source')} / ${rate('saga_batch_size_count', 'service, source')}`,
              legend: '{{service}} {{source}}',
            },
          ],
        },
      ],
    },
  ],
}
