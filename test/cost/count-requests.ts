import { readProduceRequest } from '../chaos/ground/produce-frames.ts'
import type { LossyProxy } from '../faults/tcp-proxy.ts'

/** Kafka's numbers of them. */
const kinds = { produce: 0, fetch: 1, offsetCommit: 8 } as const

/**
 * Counts what a broker is asked through the proxy. A produce request counts when it has a batch that was not sent before: one that
 * is not answered for a second, as on a busy machine, is sent again as it is (rule 25).
 */
export function countRequests(proxy: LossyProxy): Record<keyof typeof kinds, number> {
  const counts = { produce: 0, fetch: 0, offsetCommit: 0 }
  const sent = new Set<string>()
  const isFirst = (frame: Buffer) => {
    const batches = readProduceRequest(frame)!.batches.map(({ place, digest }) => `${place} ${digest}`)
    const isNew = batches.some(batch => !sent.has(batch))
    for (const batch of batches) sent.add(batch)
    return isNew
  }
  proxy.requestOf = (apiKey, frame) => {
    if (apiKey === kinds.produce && isFirst(frame)) counts.produce++
    if (apiKey === kinds.fetch) counts.fetch++
    if (apiKey === kinds.offsetCommit) counts.offsetCommit++
    return 'pass'
  }
  return counts
}
