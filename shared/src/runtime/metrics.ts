import type { Registry } from 'prom-client'
import type { ReactionDefinition } from '../reaction.ts'
import { type BatchSource, metricDefinitions, type StepDirection, type StepOutcome } from './metric-definitions.ts'
import { registryOf } from './registry-of.ts'

export interface Metrics {
  /** What /metrics prints. */
  readonly registry: Registry
  /** Counts one delivery by how it ended; `rejected` and `dead` count as saga_failed_total too. */
  stepEnded(step: string, direction: StepDirection, outcome: StepOutcome): void
  stepTook(step: string, direction: StepDirection, seconds: number): void
  retried(step: string): void
  /** A record that became a letter unread; `reason` is its error code. */
  unreadable(reason: string): void
  batch(source: BatchSource, messages: number): void
  /** A saga has come to its end. */
  sagaSettled(ending: string, seconds: number): void
  /** What a poll of the tables found; a scrape itself never touches the database. */
  backlog(b: Partial<Backlog>): void
  unfinishedOldest(step: string, direction: StepDirection, seconds: number): void
  turnedAway(cause: string): void
  paused(cause: string, isPaused: boolean): void
  lag(topic: string, partition: number, records: number): void
  /** After a rebalance: forgets the lag of partitions that are now another member's. */
  forgetLag(): void
}
export interface Backlog {
  readonly parked: number
  /** By step. */
  readonly deadLetters: Readonly<Record<string, number>>
  readonly outboxRows: number
  readonly outboxOldestSeconds: number
  readonly outboxRefused: number
  readonly timerLagSeconds: number
  readonly underWay: number
}

export interface MetricsOptions {
  readonly service: string
  /** Their failure counters stand at 0 from the start: a rate over a series that appears with its first failure misses it. */
  readonly steps?: readonly Pick<ReactionDefinition, 'step' | 'direction' | 'withinMs'>[]
  /** Node's own metrics; off in tests. */
  readonly ofNode?: boolean
}

/** The metrics of one participant, in a registry of their own, so that several can live in one test process. */
export function createMetrics({ service, steps = [], ofNode = true }: MetricsOptions): Metrics {
  const { registry, counter, gauge, histogram } = registryOf(service, { ofNode })
  const d = metricDefinitions
  const failed = cached(step => cached(reason => counters.failed.labels(step, reason)))
  const counters = {
    failed: counter(d.failed),
    steps: counter(d.steps),
    retries: counter(d.retries),
    unreadable: counter(d.unreadable),
    turnedAway: counter(d.turnedAway),
  }
  const ended = cached(step => cached(direction => cached(outcome => counters.steps.labels(step, direction, outcome))))
  const retries = cached(step => counters.retries.labels(step))
  const duration = histogram(d.stepDuration)
  const took = cached(step => cached(direction => duration.labels(step, direction)))
  const batchSize = histogram(d.batchSize)
  const batches = cached(source => batchSize.labels(source))
  const sagaDuration = histogram(d.duration)
  const deadLetters = gauge(d.deadLetters)
  const unfinishedOldest = gauge(d.unfinishedOldest)
  const within = gauge(d.within)
  const gauges = {
    parked: gauge(d.parked),
    outboxRows: gauge(d.outboxRows),
    outboxOldestSeconds: gauge(d.outboxOldest),
    outboxRefused: gauge(d.outboxRefused),
    timerLagSeconds: gauge(d.timerLag),
    underWay: gauge(d.underWay),
  }
  const pausedBy = gauge(d.paused)
  const consumerLag = gauge(d.consumerLag)

  for (const cause of ['database', 'registry', 'kafka']) pausedBy.set({ cause }, 0)
  for (const cause of ['overloaded', 'outbox-full', 'shutting-down']) counters.turnedAway.inc({ cause }, 0)
  const stepsWithLetters = new Set(steps.map(({ step }) => step))
  for (const step of stepsWithLetters) deadLetters.set({ step }, 0)
  for (const { step, direction, withinMs } of steps) {
    for (const reason of ['rejected', 'dead']) failed(step)(reason).inc(0)
    if (withinMs !== undefined) within.set({ step, direction }, withinMs / 1_000)
  }

  return {
    registry,
    stepEnded(step, direction, outcome) {
      ended(step)(direction)(outcome).inc()
      if (outcome === 'rejected' || outcome === 'dead') failed(step)(outcome).inc()
    },
    stepTook: (step, direction, seconds) => took(step)(direction).observe(seconds),
    retried: step => retries(step).inc(),
    unreadable: reason => counters.unreadable.inc({ reason }),
    batch: (source, messages) => batches(source).observe(messages),
    sagaSettled: (ending, seconds) => sagaDuration.observe({ ending }, seconds),
    backlog({ deadLetters: byStep, ...counts }) {
      for (const [name, value] of Object.entries(counts)) gauges[name as keyof typeof gauges].set(value)
      if (byStep === undefined) return
      // A step without letters is not among those that were found, and was perhaps the last time.
      for (const step of Object.keys(byStep)) stepsWithLetters.add(step)
      for (const step of stepsWithLetters) deadLetters.set({ step }, byStep[step] ?? 0)
    },
    unfinishedOldest: (step, direction, seconds) => unfinishedOldest.set({ step, direction }, seconds),
    turnedAway: cause => counters.turnedAway.inc({ cause }),
    paused: (cause, isPaused) => pausedBy.set({ cause }, isPaused ? 1 : 0),
    lag: (topic, partition, records) => consumerLag.set({ topic, partition }, records),
    forgetLag: () => consumerLag.reset(),
  }
}

/** Resolves a child once per label: prom-client builds and checks a label object at every `labels()`. */
function cached<Child>(resolve: (label: string) => Child): (label: string) => Child {
  const children = new Map<string, Child>()
  return label => {
    let child = children.get(label)
    if (child === undefined) {
      child = resolve(label)
      children.set(label, child)
    }
    return child
  }
}
