import { createHash, timingSafeEqual } from 'node:crypto'
import type { Session } from './session.ts'
import type { AccessSettings } from './settings.ts'

export interface TokenFound {
  readonly rights: Session['rights']
  /** Whose token it is alone; undefined for one that several share. */
  readonly operator: string | undefined
}

/** Digests are of one length, as the comparison in constant time needs. */
const digest = (text: string) => createHash('sha256').update(text).digest()

/** What a token of the settings gives the right to, and to whom; undefined when it is none of them. */
export function findToken({
  readToken,
  actToken,
  readTokens,
  actTokens,
}: Pick<AccessSettings, 'readToken' | 'actToken' | 'readTokens' | 'actTokens'>): (
  given: string,
) => TokenFound | undefined {
  const tokensOf = (shared: string | undefined, named: ReadonlyMap<string, string>, rights: Session['rights']) => [
    ...(shared === undefined ? [] : [{ digest: digest(shared), rights, operator: undefined }]),
    ...[...named].map(([operator, token]) => ({ digest: digest(token), rights, operator })),
  ]
  const all = [...tokensOf(readToken, readTokens, ['read']), ...tokensOf(actToken, actTokens, ['read', 'act'])]
  return given => {
    const ofGiven = digest(given)
    // All of them are compared, whichever it is.
    const [found] = all.filter(each => timingSafeEqual(ofGiven, each.digest))
    return found && { rights: found.rights, operator: found.operator }
  }
}
