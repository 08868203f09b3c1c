import type { Pool } from 'pg'
import { z } from 'zod'
import { counts } from '../contract.ts'
import { get, type Route } from '../http/route.ts'
import { readCounts } from './read-counts.ts'

/** GET /api/counts */
export const countsRoute = (pool: Pool, attributes: readonly string[]): Route =>
  get({
    path: '/api/counts',
    query: z.object({ hours: z.coerce.number().int().min(1).max(8_760).default(24) }),
    answer: counts,
    read: ({ query: { hours } }) => readCounts(pool, { hours, attributes, now: new Date() }),
  })
