import { setTimeout as sleep } from 'node:timers/promises'
import { type Before, coPartitioning } from './assigner.ts'
import type { EachBatchPayload, Kafka, Logger } from './client.ts'

export interface MembershipOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  readonly logger: Logger
  readonly sessionTimeoutMs: number
  readonly heartbeatMs: number
  readonly fetchWaitMs: number
  readonly fetchMinBytes: number
  readonly before: Before
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>
  readonly onJoined: (assignment: ReadonlyMap<string, readonly number[]>, memberId: string) => void
  readonly onLeft: () => void
  readonly onAlive: () => void
}

export interface Membership {
  /** Settles when this membership is over: with what ended it, or undefined after `leave`. Never rejects. */
  readonly ended: Promise<Error | undefined>
  leave(): Promise<void>
}

/**
 * Enough for every partition that a member may have: kafkajs hands what a fetch brought to that many eachBatch calls at once
 * (src/consumer/workerQueue.js), each in the same tick, and the rest only when one of them returns.
 */
const partitionsAtOnce = 256

/** How long a rebalance waits for a member that is in a batch. */
const rebalanceTimeoutMs = 30_000

/** One life as a member of the group. kafkajs' own restart is off: what ended is built anew by consume.ts. */
export function joinGroup(o: MembershipOptions): Membership {
  const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>()
  const consumer = o.kafka.consumer({
    groupId: o.groupId,
    sessionTimeout: o.sessionTimeoutMs,
    heartbeatInterval: o.heartbeatMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    maxWaitTimeInMs: o.fetchWaitMs,
    minBytes: o.fetchMinBytes,
    // What a transactional producer took back was never said.
    readUncommitted: false,
    partitionAssigners: [coPartitioning(o.before)],
    // kafkajs tries again for as long as it can, which keeps the membership through short troubles.
    retry: {
      retries: Number.MAX_SAFE_INTEGER,
      initialRetryTime: 100,
      maxRetryTime: 1_000,
      restartOnFailure: async () => false,
    },
  })
  const { GROUP_JOIN, REBALANCING, CRASH, FETCH, HEARTBEAT } = consumer.events
  let over = false

  consumer.on(GROUP_JOIN, ({ payload }) =>
    o.onJoined(new Map(Object.entries(payload.memberAssignment)), payload.memberId),
  )
  consumer.on(REBALANCING, () => o.onLeft())
  consumer.on(FETCH, () => o.onAlive())
  consumer.on(HEARTBEAT, () => o.onAlive())
  consumer.on(CRASH, ({ payload }) => finish(payload.error))

  function finish(error: Error | undefined): void {
    if (over) return
    over = true
    o.onLeft()
    end(error)
  }

  async function start(): Promise<void> {
    await consumer.connect()
    await consumer.subscribe({ topics: [...o.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: payload => {
        // A life that is over may still have a fetch under way; its partitions may already be another member's.
        if (over) throw new Error('this membership is over')
        return o.eachBatch(payload)
      },
    })
  }
  const started = start().catch(async (error: Error) => {
    await consumer.disconnect().catch(() => undefined)
    finish(error)
  })

  return {
    ended,
    async leave() {
      // kafkajs' stop does nothing while the first join is under way (runner.stop: `if (!this.running) return`), and the
      // member then lives on: the join is waited for, and where that takes too long it is left as soon as it is through.
      const left = started
        .then(() => consumer.disconnect())
        .catch(error => o.logger.warn({ error }, 'leaving the group failed'))
      await Promise.race([left, sleep(10_000, undefined, { ref: false })])
      finish(undefined)
    },
  }
}
