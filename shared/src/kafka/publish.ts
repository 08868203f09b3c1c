import { answered, type BatchEnd, leave, unanswered } from './batch-end.ts'
import { dueRepeats, newSends, type Send } from './choose-sends.ts'
import type { Kafka, Logger } from './client.ts'
import { inBackground } from './in-background.ts'
import { type Batch, createLane, firstSendLimit, type Lane, type OutboundRecord, takeExpired } from './lane.ts'
import { createPending } from './pending.ts'
import { NotSent, type ProduceLink, type ProducerId, produceLink } from './produce-link.ts'

export type { OutboundRecord } from './lane.ts'

export interface PublisherOptions {
  readonly kafka: Pick<Kafka, 'cluster'>
  readonly logger: Logger
  readonly onAcknowledged: (records: readonly OutboundRecord[]) => void
  /** The broker will never take this record (its error's name). What stands behind it under its key is given to `onLeft`. */
  readonly onRefused: (record: OutboundRecord, error: string) => void
  /** Left to the sweeper: not acknowledged, and not sent by this publisher any more. */
  readonly onLeft?: (records: readonly OutboundRecord[], reason: LeftReason) => void
  /** How long a batch is repeated without an acknowledgement before it is left. */
  readonly giveUpAfterMs?: number
  /** For tests only; no environment variable reaches it. */
  readonly safeguards?: { readonly throwProducerAway: boolean }
}
/** `expired`: past its deadline before it was sent. `ended`: sent, with an unknown end. `behind`: kept in its saga's order. */
export type LeftReason = 'expired' | 'ended' | 'behind' | 'closed'

export interface Publisher {
  /** Never blocks. Records of a partition leave in the order given. */
  publish(records: readonly OutboundRecord[]): void
  /** Records that are not yet acknowledged, refused or left. Each ends in exactly one of the callbacks. */
  readonly pending: number
  /** Resolves when nothing is pending, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>
  /** Leaves what is pending and closes the connections. */
  close(): Promise<void>
}

const slowAfterMs = 1_000
/** A repeat of what was appended only waits for the replicas; while it does, the broker reads nothing else of the connection. */
const repeatAckTimeoutMs = 200
const tickMs = 50

/** Rule 25: one batch out per partition, repeated as it is, under its sequence number, until the broker acknowledges it. */
export function createPublisher(o: PublisherOptions): Publisher {
  return publisherOn(produceLink(o.kafka.cluster()), o)
}

export function publisherOn(link: ProduceLink, o: Omit<PublisherOptions, 'kafka'>): Publisher {
  const { logger, onLeft = () => undefined, giveUpAfterMs = 30_000, safeguards = { throwProducerAway: true } } = o
  const lanes = new Map<string, Lane>()
  /** Leader to the time of the newest send that it has not answered. */
  const busySince = new Map<number, number>()
  const pending = createPending()
  let producer: ProducerId | undefined
  let closed = false
  let pumpAsked = false
  let timer: NodeJS.Timeout | undefined

  const asked = (what: string) => (error: Error | undefined) => {
    if (error) logger.debug({ err: error }, `${what} failed`)
    ask()
  }
  const refresh = () => link.refresh([...new Set([...lanes.values()].map(lane => lane.topic))])
  const refreshMetadata = inBackground({ task: refresh, pauseMs: 50, after: asked('refreshing metadata') })
  const getProducerId = inBackground({
    task: async () => {
      producer = await link.newProducerId()
    },
    pauseMs: 0,
    after: asked('getting a producer id'),
  })

  /** What is asked for in one tick is sent together. */
  function ask(): void {
    if (pumpAsked || closed) return
    pumpAsked = true
    queueMicrotask(() => {
      pumpAsked = false
      pump()
    })
  }

  function pump(): void {
    if (closed) return
    clearTimeout(timer)
    const nowMs = performance.now()
    for (const lane of lanes.values()) {
      settle(takeExpired(lane, nowMs), records => onLeft(records, 'expired'))
      const sentMs = lane.out?.sentMs ?? nowMs
      if (lane.out && nowMs - sentMs > giveUpAfterMs) ended(lane.out, leave(lane.out, 'no acknowledgement'))
    }
    for (const repeat of dueRepeats(lanes.values(), nowMs, leaderOf)) void send(repeat, repeatAckTimeoutMs)
    if (!producer && [...lanes.values()].some(lane => lane.waiting.length > 0)) getProducerId()
    if (producer)
      for (const first of newSends(lanes.values(), nowMs, producer, leaderOf, isFree)) void sendFirst(first, nowMs)
    if (pending.count > 0) timer = setTimeout(pump, tickMs)

    // After slowAfterMs the leader gets the next send, without the partitions that still have something out.
    function isFree(leader: number): boolean {
      return nowMs - (busySince.get(leader) ?? -Infinity) >= slowAfterMs
    }
  }

  function leaderOf({ topic, partition }: Lane): number | undefined {
    const leader = link.leaderOf(topic, partition)
    if (leader === undefined) refreshMetadata()
    return leader
  }

  async function sendFirst(first: Send, nowMs: number): Promise<void> {
    // Those that were served go to the end, so that full sends starve nobody.
    for (const { lane } of first.batches) {
      lanes.delete(lane.name)
      lanes.set(lane.name, lane)
    }
    busySince.set(first.leader, nowMs)
    await send(first, slowAfterMs)
    if (busySince.get(first.leader) === nowMs) busySince.delete(first.leader)
    ask()
  }

  async function send({ leader, batches }: Send, ackTimeoutMs: number): Promise<void> {
    const startMs = performance.now()
    const notAfterMs = Math.min(...batches.map(firstSendLimit))
    for (const batch of batches) {
      batch.onTheWire = true
      batch.tries++
    }
    let ends: BatchEnd[]
    try {
      const codes = await link.produce(leader, batches[0]!.producer, batches, { ackTimeoutMs, notAfterMs })
      for (const batch of batches) batch.sentMs ??= startMs
      ends = batches.map((batch, i) => answered(batch, codes[i]!, performance.now()))
    } catch (error) {
      logger.debug({ err: error, leader, batches: batches.length }, 'a send was not answered')
      const nothingSent = error instanceof NotSent
      if (!nothingSent) for (const batch of batches) batch.sentMs ??= startMs
      ends = batches.map(batch => unanswered(batch, nothingSent, performance.now()))
      refreshMetadata()
    }
    batches.forEach((batch, i) => {
      batch.onTheWire = false
      ended(batch, ends[i]!)
    })
    ask()
  }

  function ended(batch: Batch, end: BatchEnd): void {
    const { lane, records } = batch
    const where = { topic: lane.topic, partition: lane.partition, records: records.length }
    if (end.end === 'acknowledged') settle(records, o.onAcknowledged)
    if (end.end === 'repeats') refreshMetadata()
    if (end.end === 'halved') throwAway(batch.producer)
    if (end.end === 'refused') {
      // Whoever published it tells people, once; this is said at every repeat.
      logger.debug({ ...where, id: records[0]!.id, error: end.error }, 'the broker refuses a record for good')
      throwAway(batch.producer)
      settle(records, ([record]) => o.onRefused(record!, end.error))
      settle(end.behind, behind => onLeft(behind, 'behind'))
    }
    if (end.end === 'left') {
      logger.warn({ ...where, error: end.error }, 'a batch is left to the sweeper')
      if (safeguards.throwProducerAway) throwAway(batch.producer)
      settle(records, left => onLeft(left, 'ended'))
      settle(end.behind, behind => onLeft(behind, 'behind'))
    }
  }

  /** What is out under it ends under it; what follows begins at 0 under a new id. */
  function throwAway(id: ProducerId): void {
    if (producer === id) producer = undefined
  }

  function settle(records: readonly OutboundRecord[], tell: (records: readonly OutboundRecord[]) => void): void {
    if (records.length === 0) return
    tell(records)
    pending.add(-records.length)
  }

  return {
    publish(records) {
      for (const record of records) {
        const name = `${record.topic}/${record.partition}`
        const lane = lanes.get(name) ?? createLane(record.topic, record.partition)
        lanes.set(name, lane)
        lane.waiting.push(record)
      }
      pending.add(records.length)
      if (closed) leaveAll()
      ask()
    },
    get pending() {
      return pending.count
    },
    drain: timeoutMs => pending.none(timeoutMs),
    async close() {
      closed = true
      clearTimeout(timer)
      leaveAll()
      await link.close()
    },
  }

  function leaveAll(): void {
    for (const lane of lanes.values()) {
      settle([...(lane.out?.records ?? []), ...lane.waiting], records => onLeft(records, 'closed'))
      lane.out = undefined
      lane.waiting = []
    }
  }
}
