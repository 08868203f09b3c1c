import type { ClientBase, Pool } from 'pg'
import type { Posting } from '../audit.ts'
import { type Book, Books } from '../core/audit/books.ts'
import type { Audited } from './read-figures.ts'
import { inSnapshot } from './snapshot.ts'
import { fieldsOf } from './state-tables.ts'

/** Rows that are held at a time, and between which the process serves others. */
const fetchRows = 2_000
/** At about 120 bytes each: an audit must not be what ends a service. */
const mostAccounts = 2_000_000
/** While the snapshot stands, nothing that is deleted or changed anywhere in the database is cleaned up. Whoever asks waits as long. */
const mostMs = 300_000

export interface BooksLimits {
  /** Ends it early: nobody may wait for it any more. */
  readonly signal?: AbortSignal
  readonly mostAccounts?: number
  readonly mostMs?: number
}

/** They take more memory or time than an audit may take from those whom the service serves; the message says what to do. */
export class BooksTooLarge extends Error {
  readonly code = 'books-too-large'
}

/**
 * The participant's books over all its rows, as of one moment.
 * @throws BooksTooLarge
 */
export function readBooks(
  pool: Pool,
  audited: Audited,
  o: BooksLimits = {},
): Promise<{ readonly readAt: Date; readonly books: readonly Book[] }> {
  const accountsLimit = o.mostAccounts ?? mostAccounts
  const timeLimitMs = o.mostMs ?? mostMs
  const untilMs = performance.now() + timeLimitMs
  return inSnapshot(pool, async tx => {
    const { rows } = await tx.query('select now() as "readAt"')
    const books = new Books()
    const goOn = () => {
      o.signal?.throwIfAborted()
      if (books.accounts > accountsLimit)
        throw new BooksTooLarge(`they have more than ${accountsLimit} accounts; add them up outside the service`)
      if (performance.now() > untilMs)
        throw new BooksTooLarge(`they are not read after ${timeLimitMs / 1_000} s; add them up on a replica`)
    }
    await readPostings(tx, audited, goOn, posting => books.post(posting))
    if (books.nameWrong()) await readPostings(tx, audited, goOn, posting => books.postAgain(posting))
    return { readAt: rows[0].readAt, books: books.close() }
  })
}

async function readPostings(
  tx: ClientBase,
  { audit, tables }: Audited,
  goOn: () => void,
  take: (posting: Posting) => void,
): Promise<void> {
  for (const table of tables) {
    const postingsOf = audit?.books[table.name]
    if (!postingsOf) continue
    await tx.query(`declare posted no scroll cursor for select ${fieldsOf(table)} from ${table.table}`)
    for (;;) {
      goOn()
      const fetched = await tx.query(`fetch ${fetchRows} from posted`)
      for (const row of fetched.rows) for (const posting of postingsOf(row)) take(posting)
      if (fetched.rows.length < fetchRows) break
    }
    await tx.query('close posted')
  }
}
