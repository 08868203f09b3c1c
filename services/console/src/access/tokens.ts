import { createHash, timingSafeEqual } from 'node:crypto'
import type { Session } from './session.ts'

/** Digests are of one length, as the comparison in constant time needs. */
const digest = (text: string) => createHash('sha256').update(text).digest()

/** What a token of the settings gives the right to; undefined when it is none of them. */
export function tokenRights(tokens: {
  readonly readToken: string | undefined
  readonly actToken: string | undefined
}): (given: string) => Session['rights'] | undefined {
  const [read, act] = [tokens.readToken, tokens.actToken].map(token =>
    token === undefined ? undefined : digest(token),
  )
  return given => {
    const ofGiven = digest(given)
    const isRead = read !== undefined && timingSafeEqual(ofGiven, read)
    const isAct = act !== undefined && timingSafeEqual(ofGiven, act)
    if (isAct) return ['read', 'act']
    return isRead ? ['read'] : undefined
  }
}
