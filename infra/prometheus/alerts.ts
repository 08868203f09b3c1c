/** Who is told: `page` wakes somebody up, `warning` is looked at in the morning. */
export type Severity = 'page' | 'warning'

export interface Alert {
  readonly name: string
  /** PromQL. */
  readonly when: string
  /** How long it must be so, in seconds: shorter than that it mends itself, or is a deployment. */
  readonly lastsSeconds: number
  readonly severity: Severity
  /** For a person at night: what is wrong, where, and what stands still by it. */
  readonly says: string
  /** The section of docs/runbook.md. */
  readonly page: string
}

/** Every length of time in these rules, in PromQL; tests make them shorter. */
export type InPromql = (seconds: number) => string
export const asItIs: InPromql = seconds => `${seconds}s`

const minutes = 60
const hours = 3_600

/**
 * What the metrics of a participant say when it needs a person. Counters are each instance's own and are added up; gauges of
 * the tables are the same at each instance of a service, so that the greatest stands for all.
 */
export function alerts(lasting: InPromql = asItIs): Alert[] {
  const ended = `saga_steps_total{direction="action",outcome=~"succeeded|rejected"}`
  const endedIn = (seconds: number) => `sum by (service, step) (increase(${ended}[${lasting(seconds)}]))`
  const rejectedIn = (seconds: number) =>
    `sum by (service, step) (increase(saga_failed_total{reason="rejected"}[${lasting(seconds)}]))`
  const shareIn = (seconds: number) => `${rejectedIn(seconds)} / ${endedIn(seconds)}`
  const lag = 'sum by (service) (saga_consumer_lag)'
  const lagFor = (seconds: number) => `${lag}[${lasting(seconds)}:]`

  return [
    {
      name: 'SagaDeadLetter',
      when: 'max by (service, step) (saga_dead_letters{step!=""}) > 0',
      lastsSeconds: 0,
      severity: 'page',
      says: '{{ $labels.step }} of {{ $labels.service }} has failed for good: {{ $value }} open dead letters, whose sagas stand still until each is replayed or discarded.',
      page: 'a-dead-letter',
    },
    {
      name: 'SagaUnreadable',
      when: 'max by (service) (saga_dead_letters{step=""}) > 0',
      lastsSeconds: 0,
      severity: 'warning',
      says: 'Records that {{ $labels.service }} could not read, kept as letters: {{ $value }}. They hold up nothing, but what they were to do is not done.',
      page: 'a-dead-letter',
    },
    {
      name: 'SagaRejectionsChanged',
      when: `abs(${shareIn(15 * minutes)} - ${shareIn(24 * hours)}) > 0.1 and ${endedIn(15 * minutes)} >= 50`,
      lastsSeconds: 5 * minutes,
      severity: 'warning',
      says: '{{ $labels.step }} of {{ $labels.service }} says no to another share of its sagas than it did over the day: {{ $value | humanizePercentage }} of all, more or fewer.',
      page: 'rejections-have-changed',
    },
    {
      name: 'SagaStuck',
      when:
        'max by (service, step, direction) (saga_unfinished_oldest_seconds) > max by (service, step, direction) (saga_within_seconds)' +
        ` or max by (service, step, direction) (saga_unfinished_oldest_seconds) > ${1 * hours}`,
      lastsSeconds: 2 * minutes,
      severity: 'page',
      says: 'A saga is stuck at {{ $labels.step }} ({{ $labels.direction }}) of {{ $labels.service }}: its message has been there for {{ $value | humanizeDuration }}, longer than the step promises.',
      page: 'a-saga-is-stuck',
    },
    {
      name: 'SagaOutboxNotDraining',
      when: 'max by (service) (saga_outbox_oldest_seconds) > 60',
      lastsSeconds: 1 * minutes,
      severity: 'page',
      says: 'Events of {{ $labels.service }} do not leave for Kafka: the oldest has waited for {{ $value | humanizeDuration }}, and the sagas that need them stand still.',
      page: 'the-outbox-does-not-drain',
    },
    {
      name: 'SagaEventRefused',
      when: 'max by (service) (saga_outbox_refused) > 0',
      lastsSeconds: 0,
      severity: 'page',
      says: 'Events of {{ $labels.service }} that Kafka refuses for good: {{ $value }}. Their sagas stand still until the topic takes them.',
      page: 'the-outbox-does-not-drain',
    },
    {
      name: 'SagaTimersLate',
      when: 'max by (service) (saga_timer_lag_seconds) > 30',
      lastsSeconds: 1 * minutes,
      severity: 'page',
      says: 'Timers of {{ $labels.service }} do not fire: one has been due for {{ $value | humanizeDuration }}. Nothing times out, and nothing that is held is released.',
      page: 'timers-are-late',
    },
    {
      name: 'SagaConsumerLagGrowing',
      when: `min_over_time(${lagFor(10 * minutes)}) > 0 and deriv(${lagFor(10 * minutes)}) > 0 and ${lag} > 1000`,
      lastsSeconds: 5 * minutes,
      severity: 'warning',
      says: 'Messages come faster than {{ $labels.service }} takes them: {{ $value | humanize }} were waiting at the least in ten minutes, and they become more.',
      page: 'consumer-lag',
    },
    {
      name: 'SagaConsumerStalled',
      when: `min_over_time(${lagFor(10 * minutes)}) > 0 unless on (service) sum by (service) (increase(saga_batch_size_count{source="kafka"}[${lasting(10 * minutes)}])) > 0`,
      lastsSeconds: 1 * minutes,
      severity: 'page',
      says: '{{ $labels.service }} has taken no message for ten minutes, and at least {{ $value | humanize }} are waiting for it.',
      page: 'consumer-lag',
    },
    {
      name: 'SagaParticipantPaused',
      when: 'max by (service, cause) (saga_paused) > 0',
      lastsSeconds: 5 * minutes,
      severity: 'page',
      says: '{{ $labels.service }} waits for something outside of it: {{ $labels.cause }}. No try is counted and nothing is lost, but its sagas stand still.',
      page: 'a-participant-is-paused',
    },
    {
      name: 'SagaParticipantDown',
      // Nobody needs to list the services: what was there within six hours is expected to be.
      when: `group by (service) (present_over_time(saga_outbox_rows[${lasting(6 * hours)}])) unless on (service) group by (service) (saga_outbox_rows)`,
      lastsSeconds: 2 * minutes,
      severity: 'page',
      says: 'No instance of {{ $labels.service }} answers; its sagas wait for it, and its other alarms are silent meanwhile.',
      page: 'a-participant-is-down',
    },
    {
      name: 'SagaCommandsTurnedAway',
      when: `sum by (service, cause) (increase(saga_turned_away_total{cause!="shutting-down"}[${lasting(5 * minutes)}])) > 0`,
      lastsSeconds: 5 * minutes,
      severity: 'warning',
      says: '{{ $labels.service }} turns customers away ({{ $labels.cause }}): {{ $value | humanize }} requests in five minutes were answered 503.',
      page: 'commands-are-turned-away',
    },
    {
      name: 'SagaOverdue',
      when: 'max by (service, step, direction) (saga_overdue) > 0',
      lastsSeconds: 1 * minutes,
      severity: 'page',
      says: 'Sagas that wait past its time for {{ $labels.step }} ({{ $labels.direction }}) of {{ $labels.service }}: {{ $value }}. The console names each, with the event that is missing.',
      page: 'a-saga-is-stuck',
    },
    {
      name: 'SagaEventsContradict',
      when: 'max by (invariant) (saga_observed_violations) > 0',
      lastsSeconds: 0,
      severity: 'page',
      says: 'The events of {{ $value }} sagas break what must always hold ({{ $labels.invariant }}): a participant has done, or published, what its declaration rules out.',
      page: 'events-contradict-the-declarations',
    },
    {
      name: 'SagaEdgeUndeclared',
      when: 'max by (service, step, direction, message) (saga_choreography_undeclared) > 0',
      lastsSeconds: 0,
      severity: 'warning',
      says: '{{ $labels.service }} takes part in a way that nobody declares: {{ $labels.step }} answered {{ if $labels.message }}{{ $labels.message }}{{ else }}a request{{ end }}, {{ $value }} times in the last hour.',
      page: 'events-contradict-the-declarations',
    },
    {
      name: 'SagaEdgeUnanswered',
      when: 'max by (service, step, direction, message) (saga_choreography_unseen) > 0',
      lastsSeconds: 10 * minutes,
      severity: 'warning',
      says: '{{ $labels.step }} of {{ $labels.service }} is to react to {{ $labels.message }}, which was published {{ $value }} times in a day, and has published nothing in that time.',
      page: 'events-contradict-the-declarations',
    },
    {
      name: 'SagaObserverBehind',
      when: `max(saga_observer_behind_seconds) > ${5 * minutes} or max(saga_console_paused) > 0`,
      lastsSeconds: 5 * minutes,
      severity: 'warning',
      says: 'The console does not see what happens now: it is behind the events, or waits for something itself. Sagas flow on; what it would tell of them comes late.',
      page: 'the-console-is-behind-or-down',
    },
    {
      name: 'SagaConsoleDown',
      when: `group(present_over_time(saga_observer_behind_seconds[${lasting(6 * hours)}])) unless group(saga_observer_behind_seconds)`,
      lastsSeconds: 5 * minutes,
      severity: 'warning',
      says: 'No instance of the console answers: nobody looks for overdue sagas, and nobody audits. Sagas flow on.',
      page: 'the-console-is-behind-or-down',
    },
    {
      name: 'SagaInvariantBroken',
      when: 'max(saga_audit_violations) > 0',
      lastsSeconds: 0,
      severity: 'page',
      says: 'Violations of what must always hold, found by the audit: {{ $value }}. Services disagree on what a saga did, or money or goods do not add up.',
      page: 'an-invariant-is-broken',
    },
    {
      name: 'SagaAuditOverdue',
      when: `time() - max(saga_audit_completed_timestamp_seconds) > ${3 * hours}`,
      lastsSeconds: 0,
      severity: 'warning',
      says: 'No audit has ended for {{ $value | humanizeDuration }}: whether money and goods add up is not being watched.',
      page: 'an-invariant-is-broken',
    },
  ]
}
