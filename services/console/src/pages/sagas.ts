import type { Pool } from 'pg'
import { isSagaId } from 'saga-kit/observing'
import { cursor, pageOf } from 'saga-kit/parts'
import { z } from 'zod'
import { sagaPage, sagaStates } from '../contract.ts'
import { get, type Route } from '../http/route.ts'
import { findSagas } from './find-sagas.ts'
import { findStanding } from './find-standing.ts'
import { idPrefix } from './id-prefix.ts'

const attribute = z
  .string()
  .regex(/^[A-Za-z_]\w*:./s, 'is written like customerId:ann')
  .transform(text => ({ name: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }))

/** GET /api/sagas */
export const sagasRoute = (pool: Pool): Route =>
  get({
    path: '/api/sagas',
    query: z.object({
      state: z.enum(sagaStates).optional(),
      overdue: z.enum(['true']).optional(),
      ending: z.string().optional(),
      step: z.string().optional(),
      error: z.string().optional(),
      attribute: attribute.optional(),
      olderThanMs: z.coerce.number().int().min(0).max(1e13).optional(),
      id: idPrefix.optional(),
      after: cursor(z.tuple([z.string().refine(isSagaId)])).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    answer: sagaPage,
    async read({ query: { overdue, id, after, limit, ...filter } }) {
      const found = await findSagas(
        pool,
        { ...filter, overdue: overdue === 'true', ids: id, after: after?.[0] },
        limit + 1,
      )
      const { page, next } = pageOf(
        found.map(saga => ({ saga, place: [saga.sagaId] })),
        limit,
      )
      const sagas = page.map(({ saga }) => saga)
      const standing = await findStanding(pool, sagas)
      return { sagas: sagas.map(saga => ({ ...saga, at: standing.get(saga.sagaId) ?? null })), next }
    },
  })
