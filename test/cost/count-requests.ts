import { readProduceRequest } from '../chaos/ground/produce-frames.ts'
import type { LossyProxy } from '../faults/tcp-proxy.ts'

/** Kafka's numbers of them. */
const kinds = { produce: 0, fetch: 1, offsetCommit: 8 } as const

export interface Asked extends Record<keyof typeof kinds, number> {
  /** With less than so many bytes the broker waits before it answers. */
  readonly fetchMinBytes: Set<number>
}

/**
 * Counts what a broker is asked through the proxy. A produce request counts when it has a batch that was not sent before: one that
 * is not answered for a second, as on a busy machine, is sent again as it is (rule 25). `topics`: only those whose events are in it.
 */
export function countRequests(proxy: LossyProxy, topics = /./): Asked {
  const asked = { produce: 0, fetch: 0, offsetCommit: 0, fetchMinBytes: new Set<number>() }
  const sent = new Set<string>()
  const isFirst = (frame: Buffer) => {
    const batches = readProduceRequest(frame)!
      .batches.filter(({ place }) => topics.test(place))
      .map(({ place, digest }) => `${place} ${digest}`)
    const isNew = batches.some(batch => !sent.has(batch))
    for (const batch of batches) sent.add(batch)
    return isNew
  }
  proxy.requestOf = (apiKey, frame) => {
    if (apiKey === kinds.produce && isFirst(frame)) asked.produce++
    if (apiKey === kinds.offsetCommit) asked.offsetCommit++
    if (apiKey === kinds.fetch) {
      asked.fetch++
      asked.fetchMinBytes.add(minBytesOf(frame))
    }
    return 'pass'
  }
  return asked
}

/** Behind the client id, the replica's id and the longest wait. */
const minBytesOf = (fetch: Buffer) => fetch.readInt32BE(14 + fetch.readInt16BE(12) + 8)
