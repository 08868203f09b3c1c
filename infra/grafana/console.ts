import type { Board } from './board.ts'

const rate = (metric: string) => `rate(${metric}[$__rate_interval])`

/** The console itself: how far it follows, what it finds, and who looks. Of its own metrics, whatever services are chosen. */
export const consoleBoard: Board = {
  title: 'Console',
  uid: 'saga-console',
  rows: [
    {
      title: 'How far it follows',
      panels: [
        {
          title: 'Records taken',
          says: 'By kind. A copy is an event that was seen before; foreign is no event of a saga.',
          unit: 'ops',
          queries: [{ expr: `sum by (kind) (${rate('saga_console_records_total')})`, legend: '{{kind}}' }],
        },
        {
          title: 'Records behind',
          says: 'Between what it has taken and the ends of its topics. Growing, it is too slow or waits.',
          unit: 'short',
          queries: [{ expr: 'sum by (topic) (saga_console_lag_records)', legend: '{{topic}}' }],
        },
        {
          title: 'Behind by',
          says: 'Age of the youngest event that it has taken, while others wait: how old its pages are.',
          unit: 's',
          queries: [{ expr: 'max(saga_observer_behind_seconds)', legend: 'behind' }],
        },
        {
          title: 'Sagas judged',
          says: 'Each by all its events, once for a batch in which something of it came.',
          unit: 'ops',
          queries: [{ expr: `sum(${rate('saga_console_judged_total')})`, legend: 'sagas' }],
        },
        {
          title: 'From taking a batch to its commit',
          says: 'Near a second the database is slow, or the batches are large.',
          unit: 's',
          queries: [0.5, 0.99].map(quantile => ({
            expr: `histogram_quantile(${quantile}, sum by (le) (${rate('saga_console_batch_duration_seconds_bucket')}))`,
            legend: `p${quantile * 100}`,
          })),
        },
        {
          title: 'Waits for',
          says: '1 while what it needs is away. It loses nothing meanwhile.',
          unit: 'short',
          queries: [{ expr: 'max by (cause) (saga_console_paused)', legend: '{{cause}}' }],
        },
      ],
    },
    {
      title: 'What it finds, and who looks',
      panels: [
        {
          title: 'Overdue sagas',
          says: 'Past their time as their participants say, and those that are yet to be asked about. Should be 0.',
          unit: 'short',
          queries: [
            { expr: 'max by (service, step) (saga_overdue) or vector(0)', legend: 'overdue {{service}} {{step}}' },
            { expr: 'max(saga_overdue_unlooked)', legend: 'to be asked about' },
          ],
        },
        {
          title: 'Sagas that break an invariant',
          says: 'By invariant. Should be 0.',
          unit: 'short',
          queries: [{ expr: 'max by (invariant) (saga_observed_violations)', legend: '{{invariant}}' }],
        },
        {
          title: 'Records put aside',
          says: 'Its own code fails at them, as its log says; a version without the fault takes them at its start. Should be 0.',
          unit: 'short',
          queries: [{ expr: 'max(saga_console_put_aside_records)', legend: 'records' }],
        },
        {
          title: 'Not read',
          says: 'Bodies that cannot be decoded since its start, and topics that are declared by somebody whose they are not. Should be 0.',
          unit: 'short',
          queries: [
            { expr: 'sum(saga_console_undecodable_total)', legend: 'undecodable events' },
            { expr: 'max(saga_console_conflicting_declarations)', legend: 'conflicting declarations' },
          ],
        },
        {
          title: 'Live readers',
          says: 'Pages that listen for changes, by instance. At 200 further ones are told to come back.',
          unit: 'short',
          queries: [{ expr: 'saga_console_live_readers', legend: '{{instance}}' }],
        },
        {
          title: 'Sagas forgotten',
          says: 'Older than KEEP_SETTLED or KEEP_OPEN.',
          unit: 'ops',
          queries: [{ expr: `sum(${rate('saga_console_expired_total')})`, legend: 'sagas' }],
        },
      ],
    },
  ],
}
