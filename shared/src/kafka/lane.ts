import type { PartitionBatch, ProducerId } from './produce-link.ts'

export interface OutboundRecord {
  /** The outbox row. */
  readonly id: string
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
  /** `performance.now()` after which it must not be sent for the first time any more. */
  readonly deadlineMs: number
}

/** What is out for a partition: the same records under the same sequence number until it ends. */
export interface Batch extends PartitionBatch {
  readonly lane: Lane
  readonly producer: ProducerId
  readonly records: readonly OutboundRecord[]
  /** When it may first have reached the broker; undefined while it certainly has not. */
  sentMs: number | undefined
  onTheWire: boolean
  tries: number
  repeatMs: number
}

/** A partition's line: one batch out at most, the rest behind it in order. */
export interface Lane {
  readonly topic: string
  readonly partition: number
  readonly name: string
  waiting: OutboundRecord[]
  out: Batch | undefined
  /** Records in a batch at most; halved while the broker refuses one of them, so that it is found. */
  most: number
  /** After a try that could not even be sent. */
  restsUntilMs: number
}

export const mostRecords = 4_000

export function createLane(topic: string, partition: number): Lane {
  return {
    topic,
    partition,
    name: `${topic}/${partition}`,
    waiting: [],
    out: undefined,
    most: mostRecords,
    restsUntilMs: 0,
  }
}

/** Estimated bytes in a record batch, generously. */
export function bytesOf({ key, value, headers }: OutboundRecord): number {
  let bytes = 24 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) bytes += 4 + name.length + headers[name]!.length
  return bytes
}

/** Takes the first records off the line, up to the lane's limit and `mostBytes` but at least one, and none past its deadline. */
export function takeFirst(lane: Lane, mostBytes: number, nowMs: number): { records: OutboundRecord[]; bytes: number } {
  let bytes = 0
  let count = 0
  while (count < lane.waiting.length && count < lane.most) {
    const next = lane.waiting[count]!
    if (next.deadlineMs < nowMs) break
    const nextBytes = bytesOf(next)
    if (count > 0 && bytes + nextBytes > mostBytes) break
    bytes += nextBytes
    count++
  }
  return { records: lane.waiting.splice(0, count), bytes }
}

/**
 * Takes out of the line what must not be sent for the first time any more, and what stands behind it under the same key.
 * Deadlines rise with the order of publishing but for moments, so that the first one tells; one out of turn waits to be first.
 */
export function takeExpired(lane: Lane, nowMs: number): OutboundRecord[] {
  const first = lane.waiting[0]
  if (!first || first.deadlineMs >= nowMs) return []
  return takeBehind(lane, new Set(lane.waiting.filter(record => record.deadlineMs < nowMs).map(keyOf)))
}

/** Until when the batch may be sent, unless it already was. */
export function firstSendLimit({ sentMs, records }: Batch): number {
  return sentMs === undefined
    ? records.reduce((first, { deadlineMs }) => Math.min(first, deadlineMs), Infinity)
    : Infinity
}

/** Takes all records of these keys out of the line: their first copy would overtake one that was left to the sweeper. */
export function takeBehind(lane: Lane, keys: ReadonlySet<string>): OutboundRecord[] {
  const taken = lane.waiting.filter(record => keys.has(keyOf(record)))
  if (taken.length > 0) lane.waiting = lane.waiting.filter(record => !keys.has(keyOf(record)))
  return taken
}

export const keyOf = ({ key }: OutboundRecord): string => (key === null ? '' : key.toString())

/** Sequence numbers are signed 32-bit and begin again at 0 (DefaultRecordBatch.incrementSequence; kafkajs' own skips). */
export const sequenceAfter = (sequence: number, records: number): number => (sequence + records) % 2 ** 31
