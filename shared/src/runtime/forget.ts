import type { Pool } from 'pg'
import { purgeActs, purgeKeys, purgeSagas, purgeTombstones } from '../postgres/purge.ts'
import { periodically } from './periodically.ts'

const mostAtOnce = 1_000

/** Rule 34: forgets, once a minute, what nobody can ask for any more. With a topic that keeps its records for ever, nothing. */
export function forget(o: {
  readonly pool: Pool
  readonly horizonMs: number
  readonly onlyFinished: boolean
  readonly trouble: (error: unknown) => void
}): { stop(): Promise<void> } {
  const { pool, horizonMs, onlyFinished } = o
  const purges = [
    () => purgeSagas(pool, horizonMs, mostAtOnce, onlyFinished),
    () => purgeKeys(pool, horizonMs, mostAtOnce),
    () => purgeActs(pool, horizonMs, mostAtOnce),
    () => purgeTombstones(pool, horizonMs, mostAtOnce),
  ]
  return periodically(60_000, async () => {
    if (!Number.isFinite(horizonMs)) return
    try {
      for (const purge of purges) while ((await purge()) === mostAtOnce);
    } catch (error) {
      o.trouble(error)
    }
  })
}
