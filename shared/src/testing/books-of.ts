import { type Book, Books } from '../core/audit/books.ts'
import type { Participant } from '../participant.ts'
import type { Scene } from './play.ts'

/** A participant's books over these rows, for properties that hold after any messages: each book has none `wrong`. */
export function booksOf({ audit }: Participant<any, any>, rows: Scene['rows']): Book[] {
  const postings = Object.entries(audit?.books ?? {}).flatMap(([table, postingsOf]) =>
    (rows[table] ?? []).flatMap(row => postingsOf(row)),
  )
  const books = new Books()
  for (const posting of postings) books.post(posting)
  if (books.nameWrong()) for (const posting of postings) books.postAgain(posting)
  return books.close()
}
