import { setTimeout as sleep } from 'node:timers/promises'

/** Lets as many through a second as it is told, evenly; all at once without a number. Resolves early when the signal is aborted. */
export function createPace(perSecond: number | undefined, signal: AbortSignal): () => Promise<void> {
  if (perSecond === undefined) return async () => {}
  let nextMs = performance.now()
  return async () => {
    const nowMs = performance.now()
    const waitMs = Math.max(0, nextMs - nowMs)
    nextMs = Math.max(nextMs, nowMs) + 1_000 / perSecond
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
