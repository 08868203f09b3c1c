import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { purgeActs, purgeKeys, purgeSagas, purgeTombstones } from '../postgres/purge.ts'
import { periodically } from './periodically.ts'

/** Small enough for a transaction of some tens of milliseconds: it holds the locks of sagas that a late message may want. */
const mostAtOnce = 1_000
const everyMs = 60_000

/**
 * Rule 34: forgets, once a minute, what nobody can ask for any more, on a connection of its own (`pool` has one). With a topic
 * that keeps its records for ever, nothing. Between its transactions it rests as long as they took, so that it never has more
 * than half of a connection's time.
 */
export function forget(o: {
  readonly pool: Pool
  readonly horizonMs: number
  readonly onlyFinished: boolean
  readonly trouble: (error: unknown) => void
}): { stop(): Promise<void> } {
  const { pool, horizonMs, onlyFinished } = o
  const stopping = new AbortController()
  const { signal } = stopping

  async function resting<T>(purge: () => Promise<T>): Promise<T> {
    const beganMs = performance.now()
    const purged = await purge()
    await sleep(performance.now() - beganMs, undefined, { signal }).catch(() => undefined)
    return purged
  }
  async function sagas(): Promise<void> {
    let after: string | undefined
    do {
      const from = after
      after = (await resting(() => purgeSagas(pool, { horizonMs, limit: mostAtOnce, after: from, onlyFinished }))).last
    } while (after !== undefined && !signal.aborted)
  }
  const allBy = (purge: typeof purgeKeys) => async () => {
    while ((await resting(() => purge(pool, horizonMs, mostAtOnce))) === mostAtOnce && !signal.aborted);
  }
  const kinds = [sagas, ...[purgeKeys, purgeActs, purgeTombstones].map(allBy)]
  const running = periodically(everyMs, async () => {
    if (!Number.isFinite(horizonMs)) return
    // One kind that cannot be forgotten keeps none of the others.
    for (const forgetKind of kinds)
      await forgetKind().catch(error => {
        if (!signal.aborted) o.trouble(error)
      })
  })
  return {
    async stop() {
      stopping.abort()
      await running.stop()
    },
  }
}
