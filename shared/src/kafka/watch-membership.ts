import type { EachBatchPayload } from './client.ts'

export interface Watch {
  /** Aborted when the partitions are going to be taken away, or on `stopping`. */
  readonly signal: AbortSignal
  /** What the heartbeats said; kafkajs joins again when it sees that thrown. */
  lost(): Error | undefined
  end(): void
}

/** Heartbeats for as long as a batch is worked on: kafkajs sends them only between batches. */
export function watchMembership(payload: EachBatchPayload, everyMs: number, stopping: AbortSignal): Watch {
  const giveUp = new AbortController()
  const onStopping = (): void => giveUp.abort(stopping.reason)
  if (stopping.aborted) onStopping()
  // Not AbortSignal.any: `stopping` lives as long as the process and would keep something of every batch.
  stopping.addEventListener('abort', onStopping)
  // kafkajs sends no more than one in its heartbeatInterval; asking more often than that keeps to it more closely.
  const timer = setInterval(() => void payload.heartbeat().catch(onError), everyMs / 2)
  let lost: Error | undefined

  function onError(error: Error & { type?: string }): void {
    // Without an answer nothing is known: the broker may be restarting, and the batch goes on.
    if (!error.type || !tellsOfLoss.has(error.type)) return
    lost = error
    giveUp.abort(error)
  }
  return {
    signal: giveUp.signal,
    lost: () => lost,
    end() {
      clearInterval(timer)
      stopping.removeEventListener('abort', onStopping)
    },
  }
}

const tellsOfLoss = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
  'FENCED_INSTANCE_ID',
])
