import { withQuery } from '../data/ask.ts'
import type { LetterName } from '../data/use-letters.ts'

/** The page of one letter. A record that nobody could read has no saga. */
export const letterPath = ({ service, id, sagaId }: LetterName) => withQuery('/letter', { service, id, sagaId })
