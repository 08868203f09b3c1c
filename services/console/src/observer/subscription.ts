import type { Kafka } from 'saga-kit/kafka'
import { type Consumer, consume, type FetchedRecord } from 'saga-kit/observing'
import { type Log, periodically } from 'saga-kit/parts'
import type { TopicRole } from './record-batch.ts'

export interface Subscription {
  run(): void
  /** Finishes the batch at work, commits its offsets and leaves the group. */
  stop(): Promise<void>
  /** Records behind the end of each partition, as of the last fetch that brought any. */
  lag(): { topic: string; partition: number; records: number }[]
  /** For readiness: what is wrong, or undefined. */
  unhealthy(): string | undefined
}

/** Many records at once are cheaper than few at a time, and half a second is soon enough for people. */
const gathered = { fetchMinBytes: 128 * 1024, fetchWaitMs: 500 }
const lookEveryMs = 250
/** Brokers are asked for topics when others are wanted, and now and then while some are missing. */
const askEveryMs = 5_000
const patienceMs = 15_000

/**
 * Reads the topics that `wanted` names at the time. A participant that declares itself later is read from then on, from the
 * beginning of its topics; a topic that does not exist yet, as soon as it does.
 */
export function subscribe(o: {
  readonly kafka: Kafka
  readonly groupId: string
  readonly maxBatch: number
  readonly wanted: () => ReadonlyMap<string, TopicRole>
  readonly onBatch: (records: FetchedRecord[], signal: AbortSignal) => Promise<void>
  readonly paused: (isPaused: boolean, error?: unknown) => void
  readonly log: Log
}): Subscription {
  const { kafka, groupId, maxBatch, onBatch, log } = o
  let consumer: Consumer | undefined
  let topics: readonly string[] = []
  let looking: { stop(): Promise<void> } | undefined
  let healthyMs = performance.now()
  let asked: { readonly wanted: readonly string[]; readonly atMs: number } | undefined

  async function look(): Promise<void> {
    const wanted = [...o.wanted().keys()].sort()
    if (sameAs(topics, wanted)) return tellHealth()
    if (asked && sameAs(asked.wanted, wanted) && performance.now() - asked.atMs < askEveryMs) return
    asked = { wanted, atMs: performance.now() }
    const existing = await listTopics().catch((error: unknown) => o.paused(true, error))
    if (!existing) return
    o.paused(false)
    const found = wanted.filter(topic => existing.has(topic))
    if (sameAs(topics, found)) return
    log.info({ topics: found }, 'reads these topics')
    await consumer?.stop()
    topics = found
    consumer =
      found.length > 0 ? consume({ kafka, groupId, maxBatch, onBatch, topics, logger: log, ...gathered }) : undefined
    await consumer?.run()
    healthyMs = performance.now()
  }

  /** A group that shares out its partitions is not in trouble. */
  function tellHealth(): void {
    if (consumer?.unhealthy() === undefined) healthyMs = performance.now()
    o.paused(performance.now() - healthyMs > patienceMs)
  }

  async function listTopics(): Promise<Set<string>> {
    const admin = kafka.admin()
    try {
      await admin.connect()
      return new Set(await admin.listTopics())
    } finally {
      await admin.disconnect()
    }
  }

  return {
    run() {
      looking = periodically(lookEveryMs, look)
    },
    async stop() {
      // First: a first join that is under way ends by it, and the look with it.
      await consumer?.stop()
      await looking?.stop()
      await consumer?.stop()
    },
    lag: () => consumer?.lag() ?? [],
    unhealthy: () => (consumer ? consumer.unhealthy() : 'there is no topic of declarations'),
  }
}

const sameAs = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((each, n) => each === others[n])
