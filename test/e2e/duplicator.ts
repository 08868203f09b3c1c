import type { HandPublisher } from './hand-publisher.ts'
import type { Recorded, Recorder } from './recorder.ts'

/** The same record again: topic, partition, key, value and headers byte by byte. */
export const copyOf = ({ topic, partition, key, value, headers }: Recorded) => ({
  topic,
  partition,
  key,
  value,
  headers,
})

/**
 * Publishes each event again as soon as it appears, so that its copy meets the saga while it is under way. A copy is
 * known by its event id, and not copied again.
 */
export function duplicateAll(recorder: Recorder, byHand: HandPublisher) {
  const seen = new Set<string>()
  const failures: unknown[] = []
  let copies: Promise<void> = Promise.resolve()
  recorder.onRecord(record => {
    const id = String(record.headers.ce_id)
    if (!record.topic.endsWith('.events.v1') || seen.has(id)) return
    seen.add(id)
    const copy = byHand.publish(copyOf(record)).catch(error => void failures.push(error))
    copies = Promise.all([copies, copy]).then(() => undefined)
  })
  return {
    /** Resolves when every copy that was begun is acknowledged; gives how many. */
    async copied(): Promise<number> {
      for (let count = -1; count !== seen.size; ) {
        count = seen.size
        await copies
        await recorder.caughtUp()
      }
      if (failures.length > 0) throw failures[0]
      return seen.size
    },
  }
}
