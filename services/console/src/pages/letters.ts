import type { Pool } from 'pg'
import { cursor, pageOf } from 'saga-kit/parts'
import { z } from 'zod'
import { letterGroups, letterPage } from '../contract.ts'
import { get, type Route } from '../http/route.ts'
import { findLetters, groupLetters } from './find-letters.ts'

const place = z.tuple([z.iso.datetime(), z.int()])

/** GET /api/letters and /api/letters/groups */
export const letterRoutes = (pool: Pool): Route[] => [
  get({
    path: '/api/letters',
    query: z.object({
      service: z.string().optional(),
      step: z.string().optional(),
      error: z.string().optional(),
      after: cursor(place).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    answer: letterPage,
    async read({ query: { limit, ...filter } }) {
      const { page, next } = pageOf(await findLetters(pool, filter, limit + 1), limit)
      return { letters: page.map(({ letter }) => letter), next }
    },
  }),
  get({
    path: '/api/letters/groups',
    answer: letterGroups,
    read: async () => ({ groups: await groupLetters(pool) }),
  }),
]
