import { setTimeout as sleep } from 'node:timers/promises'

/** Runs `task` again and again, `everyMs` after its last end, until stopped. It must handle its own errors. */
export function periodically(everyMs: number, task: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await task()
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
