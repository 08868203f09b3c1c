import type { Pool } from 'pg'
import type { Declarations } from 'saga-kit/operating'
import { z } from 'zod'
import { type Counts, counts } from '../contract.ts'
import { flowOf } from '../flow.ts'
import { get, type Route } from '../http/route.ts'
import { readCounts } from './read-counts.ts'

/** Every page asks again at every hint that something has changed; this is the one answer that takes all sagas to give. */
const freshForMs = 2_000

/** GET /api/counts */
export function countsRoute(o: {
  readonly pool: Pool
  readonly attributes: readonly string[]
  readonly declarations: () => Declarations
}): Route {
  const { pool, attributes } = o
  const fresh = new Map<number, Promise<Counts>>()
  const forget = (hours: number) => void fresh.delete(hours)
  return get({
    path: '/api/counts',
    query: z.object({ hours: z.coerce.number().int().min(1).max(8_760).default(24) }),
    answer: counts,
    read({ query: { hours } }) {
      const found = fresh.get(hours)
      if (found) return found
      const asked = readCounts(pool, { hours, attributes, now: new Date() }).then(found => ({
        ...found,
        steps: found.steps.toSorted(flowOf(o.declarations().declared).steps),
      }))
      fresh.set(hours, asked)
      asked.catch(() => forget(hours))
      setTimeout(forget, freshForMs, hours).unref()
      return asked
    },
  })
}
