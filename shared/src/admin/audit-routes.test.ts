import type { Pool } from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import type { Audited } from '../postgres/read-figures.ts'
import { auditedLedger } from '../testing/audited-ledger.fixture.ts'
import { auditRoutes } from './audit-routes.ts'

afterEach(() => vi.useRealTimers())

test('books that are not read in five minutes are a 409, in which it is said what to do', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const query = async () => {
    vi.advanceTimersByTime(200_000)
    return { rows: [] }
  }
  const pool = { connect: async () => ({ query, release() {} }) } as unknown as Pool
  const tables = [{ name: 'accounts', table: 'accounts', columns: new Map() }]
  const audited = { audit: auditedLedger.audit, tables } as unknown as Audited
  const books = auditRoutes(pool, audited).find(({ path }) => path === '/admin/books')!
  const asked = { params: {}, query: {}, db: {} as never, signal: new AbortController().signal }
  await expect(books.read(asked)).rejects.toMatchObject({
    ...{ name: 'Problem', status: 409, code: 'books-too-large' },
    message: 'they are not read after 300 s; add them up on a replica',
  })
})
