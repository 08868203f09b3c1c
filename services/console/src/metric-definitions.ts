import type { MetricDefinition } from 'saga-kit/parts'

/** Every metric of the console as data; docs/metrics.md is made from this table. All carry the label `service` besides. */
export const consoleMetricDefinitions = {
  paused: {
    name: 'saga_console_paused',
    type: 'gauge',
    help: '1 while the console waits for what is away, by `cause`: database, kafka, registry. It loses nothing meanwhile.',
    labels: ['cause'],
  },
  records: {
    name: 'saga_console_records_total',
    type: 'counter',
    help: 'Records that the observer has taken. `kind`: event, copy (an event that was seen before), letter, foreign (no event of a saga; kept raw), put-aside (it could not be recorded; kept raw), declaration.',
    labels: ['kind'],
  },
  undecodable: {
    name: 'saga_console_undecodable_total',
    type: 'counter',
    help: 'Events whose body could not be read; kept raw, and read again later when only their schema was missing.',
    labels: [],
  },
  putAside: {
    name: 'saga_console_put_aside_records',
    type: 'gauge',
    help: 'Records that are kept raw for a fault of the observer’s own code: its log says which. They are read again at each start, so that a version without the fault takes them.',
    labels: [],
  },
  conflicts: {
    name: 'saga_console_conflicting_declarations',
    type: 'gauge',
    help: 'Topics that a service declares as its own though they are another’s; the health page and the log name them. They are not read as its own.',
    labels: [],
  },
  judged: {
    name: 'saga_console_judged_total',
    type: 'counter',
    help: 'Sagas that were judged anew since something of them came: one for each saga of a batch.',
    labels: [],
  },
  liveReaders: {
    name: 'saga_console_live_readers',
    type: 'gauge',
    help: 'Pages that listen to this instance for changes; 200 at most.',
    labels: [],
  },
  batchDuration: {
    name: 'saga_console_batch_duration_seconds',
    type: 'histogram',
    help: 'Time from taking a batch of records to its commit.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  lag: {
    name: 'saga_console_lag_records',
    type: 'gauge',
    help: 'Records between what the observer has taken and the end of each partition, as of its last fetch that brought any.',
    labels: ['topic', 'partition'],
  },
  expired: {
    name: 'saga_console_expired_total',
    type: 'counter',
    help: 'Sagas that were forgotten since they are older than KEEP_SETTLED or KEEP_OPEN.',
    labels: [],
  },
} satisfies Record<string, MetricDefinition>
