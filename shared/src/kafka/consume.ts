import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka, Logger } from './client.ts'
import { committer } from './commit-offsets.ts'
import type { Chunk, FetchedRecord } from './fetched.ts'
import { gather } from './gather.ts'
import { fetchHandler } from './handle-fetch.ts'
import { joinGroup, type Membership } from './membership.ts'

export type { FetchedRecord } from './fetched.ts'

export interface ConsumeOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  /** Records that `onBatch` gets at most. */
  readonly maxBatch: number
  /**
   * All that one fetch brought, of all partitions and topics, each partition in its order; never called twice at a time.
   * Resolves once the database has committed; the offsets are committed after that. If it rejects, the records come again
   * after a pause. It may take minutes. `signal` is aborted when the group rebalances or the consumer stops: end what is under
   * way, begin nothing new, wait for nothing; what is then given up (rejected) comes again, here or at another member.
   */
  readonly onBatch: (records: FetchedRecord[], signal: AbortSignal) => Promise<void>
  /** The partition numbers, the same for every topic, each time the group has shared them out. */
  readonly onAssigned?: (partitions: number[]) => void
  readonly logger: Logger
  /** After this time without a heartbeat the group gives a member's partitions to the others. */
  readonly sessionTimeoutMs?: number
  /** How long the broker holds a fetch that finds less than `fetchMinBytes`; data ends the wait, so it costs no latency. */
  readonly fetchWaitMs?: number
  readonly fetchMinBytes?: number
}

export interface Consumer {
  /** Starts. Resolves when the group has first been joined, or the consumer stopped; never rejects: what ends is begun anew. */
  run(): Promise<void>
  /** Stops fetching, lets the batch finish and its offsets be committed, leaves the group. */
  stop(): Promise<void>
  /** Topic to partitions; empty while the group rebalances. */
  readonly assignment: ReadonlyMap<string, readonly number[]>
  /** Records between what is done and the end of each assigned partition, as of the last fetch that brought any. */
  lag(): { topic: string; partition: number; records: number }[]
  /** For readiness: what is wrong, or undefined. */
  unhealthy(): string | undefined
}

export function consume(o: ConsumeOptions): Consumer {
  const { logger, groupId, sessionTimeoutMs = 10_000 } = o
  // Heartbeats also bring the news of a rebalance; a second is soon enough for those who wait for it.
  const heartbeatMs = Math.min(Math.floor(sessionTimeoutMs / 4), 1_000)
  const stopping = new AbortController()
  const joined = Promise.withResolvers<void>()
  const commits = committer(logger)
  const lags = new Map<string, { topic: string; partition: number; records: number }>()
  let assignment: ReadonlyMap<string, readonly number[]> = new Map()
  let owned: number[] = []
  let memberId: string | null = null
  let generation = 0
  let membership: Membership | undefined
  let failures = 0
  let aliveMs = performance.now()

  function onJoined(partitions: ReadonlyMap<string, readonly number[]>, id: string): void {
    generation++
    failures = 0
    assignment = partitions
    memberId = id
    owned = [...new Set([...partitions.values()].flat())].toSorted((a, b) => a - b)
    lags.clear()
    aliveMs = performance.now()
    logger.info({ groupId, partitions: owned }, 'partitions assigned')
    o.onAssigned?.(owned)
    joined.resolve()
  }

  function onDone({ upTo }: Chunk): void {
    for (const [{ batch }, offset] of upTo) {
      const { topic, partition, highWatermark } = batch
      const records = Number(BigInt(highWatermark) - BigInt(offset)) - 1
      lags.set(`${topic}/${partition}`, { topic, partition, records })
    }
  }

  async function live(): Promise<void> {
    // One for all memberships, so that a batch of the last one has ended before the next one's first begins.
    const eachBatch = gather(
      fetchHandler({
        ...{ maxBatch: o.maxBatch, onBatch: o.onBatch, onDone, commits, logger, heartbeatMs },
        stopping: stopping.signal,
        generation: () => generation,
      }),
    )
    while (!stopping.signal.aborted) {
      membership = joinGroup({
        ...{ kafka: o.kafka, groupId, topics: o.topics, logger, sessionTimeoutMs, heartbeatMs },
        fetchWaitMs: o.fetchWaitMs ?? 500,
        fetchMinBytes: o.fetchMinBytes ?? 1,
        before: { memberId: () => memberId, owned: () => owned },
        eachBatch,
        onJoined,
        onLeft() {
          assignment = new Map()
          void commits.flush()
        },
        onAlive() {
          aliveMs = performance.now()
        },
      })
      const error = await membership.ended
      if (stopping.signal.aborted) break
      const pauseMs = Math.min(200 * 2 ** failures++, 2_000)
      logger.warn({ err: error, groupId, pauseMs }, 'the consumer ended and will join its group again')
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    joined.resolve()
  }

  return {
    run() {
      void live()
      return joined.promise
    },
    async stop() {
      stopping.abort(new Error('the consumer is stopping'))
      await commits.flush()
      await membership?.leave()
    },
    get assignment() {
      return assignment
    },
    lag: () => [...lags.values()],
    unhealthy() {
      if (stopping.signal.aborted) return 'stopping'
      if (assignment.size === 0) return 'not a member of its group'
      const silentMs = Math.round(performance.now() - aliveMs)
      return silentMs > sessionTimeoutMs ? `no answer from the brokers for ${silentMs} ms` : undefined
    },
  }
}
