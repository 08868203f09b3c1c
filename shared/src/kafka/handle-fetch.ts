import { setTimeout as sleep } from 'node:timers/promises'
import type { EachBatchPayload, Logger } from './client.ts'
import type { Committer } from './commit-offsets.ts'
import { type Chunk, chunksOf, type FetchedRecord } from './fetched.ts'
import { watchMembership } from './watch-membership.ts'

export interface HandleOptions {
  readonly maxBatch: number
  readonly onBatch: (records: FetchedRecord[], signal: AbortSignal) => Promise<void>
  readonly onDone: (chunk: Chunk) => void
  readonly commits: Committer
  readonly logger: Logger
  readonly heartbeatMs: number
  readonly stopping: AbortSignal
  /** Another number each time the group has shared out its partitions. */
  readonly generation: () => number
}

/** After a batch that was rejected; doubled each time. */
const firstPauseMs = 200
const longestPauseMs = 5_000

/** Makes what hands a fetch to `onBatch`, chunk by chunk. It resolves offsets only after `onBatch` has (rule 8). */
export function fetchHandler(o: HandleOptions): (fetched: EachBatchPayload[]) => Promise<void> {
  let rejectedInARow = 0

  return async fetched => {
    const generation = o.generation()
    const watch = watchMembership(fetched[0]!, o.heartbeatMs, o.stopping)
    try {
      for (const chunk of chunksOf(fetched, o.maxBatch)) {
        if (watch.signal.aborted || !(await taken(chunk, watch.signal))) break
        // Joined anew while the batch ran (a fetch from another broker did): its partitions may be another member's now.
        if (generation !== o.generation()) break
        for (const [payload, offset] of chunk.upTo) payload.resolveOffset(offset)
        o.onDone(chunk)
        o.commits.soon(fetched[0]!)
      }
      // Whoever gets the partitions next should not begin with what is done.
      if (watch.signal.aborted) await o.commits.flush()
    } finally {
      watch.end()
    }
    // Without an error kafkajs fetches on, from the first offset that is not resolved.
    const lost = watch.lost()
    if (lost) throw lost
  }

  async function taken({ records }: Chunk, signal: AbortSignal): Promise<boolean> {
    try {
      await o.onBatch(records, signal)
      rejectedInARow = 0
      return true
    } catch (error) {
      if (signal.aborted) return false
      const pauseMs = Math.min(firstPauseMs * 2 ** rejectedInARow++, longestPauseMs)
      o.logger.warn({ err: error, records: records.length, pauseMs }, 'a batch was rejected and will be fetched again')
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      return false
    }
  }
}
