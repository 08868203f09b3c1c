import type { StepOutcome as DecidedOutcome } from '../core/decision.ts'
import type { ReactionDefinition } from '../reaction.ts'

/** Every metric of the kit as data: the registry and docs/metrics.md are made from this table. All carry the label `service` besides. */
export interface MetricDefinition {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** First sentence: what it counts. Then what to do with it. */
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
}

/** What each value of `outcome` in saga_steps_total means: every delivery of a message to a step is counted once under one of these. */
export const outcomeMeanings = {
  succeeded: 'the step did its work',
  rejected: 'a business no, published as an event',
  refused: 'the state has moved on; nothing published',
  accepted: 'a command that was accepted',
  refusal: 'a command that was refused (4xx)',
  busy: 'a command answered 503, since its saga has an unfinished step here',
  ignored: 'filtered out by the reaction’s `when`',
  duplicate: 'the step had its effect before',
  superseded: 'another event did the step’s work meanwhile',
  late: 'an action that came after its compensation; blocked',
  parked: 'put behind an unfinished message of its saga',
  calling: 'an outside call was begun',
  held: 'an outside call could not begin, its target being away or its turn not coming; it waits, and no try is counted',
  failed: 'will be tried again; of a command: answered 500, with no trace',
  dead: 'a dead letter',
  discarded: 'given up by an operator, with a reason',
  stale_timer: 'a timer that the state no longer wants',
  gone: 'a retry or timer that was no longer due when it was looked at under the lock',
} as const satisfies Record<StepOutcome, string>
export type StepOutcome = DecidedOutcome | 'ignored'
export type StepDirection = ReactionDefinition['direction']
export type BatchSource = 'kafka' | 'due' | 'http'

const secondsUpTo10 = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
/** Sagas end within moments, unless they wait for somebody: seconds, minutes, a day. */
const secondsUpToADay = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400] as const

export const metricDefinitions = {
  failed: {
    name: 'saga_failed_total',
    type: 'counter',
    help: 'Steps that ended without doing their work. Reason `rejected` is a business no and pages nobody; `dead` is a dead letter and pages.',
    labels: ['step', 'reason'],
  },
  steps: {
    name: 'saga_steps_total',
    type: 'counter',
    help: 'Deliveries of messages to steps, each counted once by how it ended.',
    labels: ['step', 'direction', 'outcome'],
  },
  stepDuration: {
    name: 'saga_step_duration_seconds',
    type: 'histogram',
    help: 'Time from taking a message (fetched, due or received by HTTP) to the commit of its step.',
    labels: ['step', 'direction'],
    buckets: secondsUpTo10,
  },
  retries: {
    name: 'saga_retries_total',
    type: 'counter',
    help: 'Tries after the first one of a message.',
    labels: ['step'],
  },
  parked: {
    name: 'saga_parked',
    type: 'gauge',
    help: 'Messages that wait behind an unfinished message of their saga.',
    labels: [],
  },
  deadLetters: {
    name: 'saga_dead_letters',
    type: 'gauge',
    help: 'Open dead letters; each blocks its saga in this service until it is replayed or discarded. One that nobody could read blocks none, and its `step` is empty.',
    labels: ['step'],
  },
  unreadable: {
    name: 'saga_unreadable_total',
    type: 'counter',
    help: 'Records that nobody could read, taken from a topic and kept as letters; one that comes again counts again.',
    labels: ['reason'],
  },
  unfinishedOldest: {
    name: 'saga_unfinished_oldest_seconds',
    type: 'gauge',
    help: 'For how long the oldest message of the step has been here without being done or dead, 0 when there is none; what stands behind a dead letter is not counted.',
    labels: ['step', 'direction'],
  },
  within: {
    name: 'saga_within_seconds',
    type: 'gauge',
    help: 'The time that the declaration of the step gives it (`withinMs`); a saga whose message is older here is stuck. Steps that promise nothing have no series.',
    labels: ['step', 'direction'],
  },
  duration: {
    name: 'saga_duration_seconds',
    type: 'histogram',
    help: 'From the beginning of a saga to its settled end, by how it ended; one that settles again, as by a refund, counts again. Only of the service that settles sagas.',
    labels: ['ending'],
    buckets: secondsUpToADay,
  },
  outboxRows: {
    name: 'saga_outbox_rows',
    type: 'gauge',
    help: 'Events committed and not yet acknowledged by Kafka; at OUTBOX_MAX commands are answered 503.',
    labels: [],
  },
  outboxOldest: {
    name: 'saga_outbox_oldest_seconds',
    type: 'gauge',
    help: 'Age of the oldest event in the outbox, 0 when it is empty; rising means that publishing stands still.',
    labels: [],
  },
  outboxRefused: {
    name: 'saga_outbox_refused',
    type: 'gauge',
    help: 'Events that the broker refuses for good, as too large; their sagas wait until their topic takes them (raise max.message.bytes), the others flow. Pages.',
    labels: [],
  },
  underWay: {
    name: 'saga_under_way',
    type: 'gauge',
    help: 'Sagas that commands have begun at this instance and that no other service has answered, about; rising means that others do not keep up.',
    labels: [],
  },
  turnedAway: {
    name: 'saga_turned_away_total',
    type: 'counter',
    help: 'Requests that were answered 503 before they were looked at; nothing of them is kept. `overloaded`: too many commands or reads wait here, or sagas for other services; `outbox-full`; `shutting-down`.',
    labels: ['cause'],
  },
  timerLag: {
    name: 'saga_timer_lag_seconds',
    type: 'gauge',
    help: 'How long the most overdue timer has been due, 0 when none is; timers of sagas blocked by a dead letter not counted.',
    labels: [],
  },
  batchSize: {
    name: 'saga_batch_size',
    type: 'histogram',
    help: 'Messages that shared one transaction.',
    labels: ['source'],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
  },
  paused: {
    name: 'saga_paused',
    type: 'gauge',
    help: '1 while messages wait for this cause (database, registry, ...), else 0; `effect:<step>`: for the target of this step’s calls, the others flow.',
    labels: ['cause'],
  },
  consumerLag: {
    name: 'saga_consumer_lag',
    type: 'gauge',
    help: 'Records of an assigned partition behind its end; a partition that was given up has no series.',
    labels: ['topic', 'partition'],
  },
} as const satisfies Record<string, MetricDefinition>
