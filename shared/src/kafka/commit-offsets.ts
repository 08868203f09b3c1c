import type { EachBatchPayload, Logger } from './client.ts'

export interface Committer {
  /** Commits what is resolved by then, within 200 ms. */
  soon(resolved: EachBatchPayload): void
  /** Commits at once; resolves when nothing is left to commit. */
  flush(): Promise<void>
}

const atMostEveryMs = 200

/**
 * Commits what is resolved, one commit at a time and at most one in 200 ms: what is resolved meanwhile goes with the next. The
 * outbox and the fence make late commits harmless; early ones are prevented by `resolveOffset` being called only after the
 * database has committed. kafkajs' `uncommittedOffsets` knows only the partitions of the assignment in force (rule 8).
 */
export function committer(logger: Logger): Committer {
  let payload: EachBatchPayload | undefined
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  async function commit(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    while (running) await running
    if (!payload) return
    // Not consumer.commitOffsets: once the consumer is stopping that returns without a commit (src/consumer/runner.js).
    const resolved = payload
    payload = undefined
    running = resolved
      .commitOffsetsIfNecessary(resolved.uncommittedOffsets())
      .catch(error => logger.warn({ err: error }, 'committing offsets failed; the records may be delivered again'))
      .finally(() => {
        running = undefined
      })
    await running
  }

  return {
    soon(resolved) {
      payload = resolved
      timer ??= setTimeout(() => void commit(), atMostEveryMs)
    },
    flush: commit,
  }
}
