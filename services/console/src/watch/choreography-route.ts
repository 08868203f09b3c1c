import type { Pool } from 'pg'
import type { Declared } from 'saga-kit/operating'
import { z } from 'zod'
import { choreography } from '../contract.ts'
import { get, type Route } from '../http/route.ts'
import { choreographyOf } from './choreography-view.ts'
import { readEdges } from './read-edges.ts'

export function choreographyRoute(o: {
  readonly pool: Pool
  readonly declared: () => readonly Declared[]
  readonly earlier: () => readonly Declared[]
}): Route {
  return get({
    ...{ path: '/api/choreography', answer: choreography },
    query: z.object({ minutes: z.coerce.number().int().min(1).max(1_440).default(60) }),
    async read({ query: { minutes } }) {
      const seen = await readEdges(o.pool, minutes)
      return choreographyOf({ declared: o.declared(), earlier: o.earlier(), seen, minutes })
    },
  })
}
