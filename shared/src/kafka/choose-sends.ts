import { type Batch, type Lane, takeFirst } from './lane.ts'
import type { ProducerId } from './produce-link.ts'

/** One request: batches of one leader under one producer id. */
export interface Send {
  readonly leader: number
  readonly batches: Batch[]
}

const mostBytesInASend = 512 * 1024

/** The batches whose time to be repeated has come. They go by themselves, so that a slow partition holds up no others. */
export function dueRepeats(lanes: Iterable<Lane>, nowMs: number, leaderOf: (lane: Lane) => number | undefined): Send[] {
  const due = [...lanes].flatMap(({ out }) => (out && !out.onTheWire && out.repeatMs <= nowMs ? [out] : []))
  const sends = new Map<string, Send>()
  for (const batch of due) {
    const leader = leaderOf(batch.lane)
    if (leader === undefined) continue
    const name = `${leader}/${batch.producer.id}`
    const send = sends.get(name) ?? { leader, batches: [] }
    sends.set(name, send)
    send.batches.push(batch)
  }
  return [...sends.values()]
}

/**
 * What can be sent for the first time: one send for each free leader, of the partitions that have nothing out, in the order of
 * `lanes`; what was collected while the leader was busy goes with it.
 */
export function newSends(
  lanes: Iterable<Lane>,
  nowMs: number,
  producer: ProducerId,
  leaderOf: (lane: Lane) => number | undefined,
  isFree: (leader: number) => boolean,
): Send[] {
  const sends = new Map<number, { send: Send; bytes: number }>()
  for (const lane of lanes) {
    if (lane.out || lane.waiting.length === 0 || lane.restsUntilMs > nowMs) continue
    const leader = leaderOf(lane)
    if (leader === undefined || !isFree(leader)) continue
    const so = sends.get(leader) ?? { send: { leader, batches: [] }, bytes: 0 }
    if (so.bytes >= mostBytesInASend) continue
    const { records, bytes } = takeFirst(lane, mostBytesInASend - so.bytes, nowMs)
    if (records.length === 0) continue
    lane.out = {
      lane,
      topic: lane.topic,
      partition: lane.partition,
      producer,
      records,
      firstSequence: producer.next.get(lane.name) ?? 0,
      timestampMs: Date.now(),
      sentMs: undefined,
      onTheWire: false,
      tries: 0,
      repeatMs: 0,
    }
    so.send.batches.push(lane.out)
    so.bytes += bytes
    sends.set(leader, so)
  }
  return [...sends.values()].map(({ send }) => send)
}
