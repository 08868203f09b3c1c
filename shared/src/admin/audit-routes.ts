import type { Pool } from 'pg'
import { z } from 'zod'
import { isSagaId } from '../core/ids.ts'
import { problem } from '../http/problems.ts'
import { type QueryRoute, queryRoute } from '../http/routes.ts'
import { BooksTooLarge, readBooks } from '../postgres/read-books.ts'
import { type Audited, readFigures } from '../postgres/read-figures.ts'
import { type Books, books, type FigurePage, figurePage } from './contract.ts'

const sagaId = z.string().refine(isSagaId, 'is no saga id: a UUIDv7 in lower case')
const mostSagas = 100
const named = z
  .string()
  .max(mostSagas * 37)
  .transform(text => text.split(','))
  .pipe(z.array(sagaId).max(mostSagas))

/** What this participant contributes to an audit over all services (`auditOver`). */
export function auditRoutes(pool: Pool, audited: Audited): QueryRoute[] {
  return [
    queryRoute({
      ...{ method: 'GET', path: '/admin/figures', response: figurePage },
      query: z
        .object({
          before: z.iso.datetime().optional(),
          after: sagaId.optional(),
          limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
          sagas: named.optional(),
        })
        .refine(({ before, sagas }) => (before === undefined) !== (sagas === undefined), {
          message: 'needs either `before`, for a page of sagas, or `sagas`, for these',
        }),
      async read({ query: { before, after = null, limit, sagas } }) {
        const asked = sagas ? { sagaIds: sagas } : { before: before!, after, limit }
        return (await readFigures(pool, audited, asked)) as FigurePage
      },
    }),
    queryRoute({
      ...{ method: 'GET', path: '/admin/books', response: books },
      async read({ signal }) {
        try {
          const found = await readBooks(pool, audited, { signal })
          return { readAt: found.readAt.toISOString(), books: found.books as Books['books'] }
        } catch (error) {
          // Nobody listens any more, and nothing is wrong.
          if (signal.aborted) return undefined
          if (error instanceof BooksTooLarge) throw problem(error.code, error.message)
          throw error
        }
      },
    }),
  ]
}
