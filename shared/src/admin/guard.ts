import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { problem } from '../http/problems.ts'
import { operatorHeader } from './contract.ts'

/**
 * Who may speak to the admin listener. With a token: whoever has it. Without: programs of this machine; not the pages
 * that its browser shows, whose requests come from here too (they name their origin, or, by a name that was made to lead
 * here, another host).
 * @returns what throws the problem of a request that is not let in
 */
export function guard(token: string | undefined): (request: FastifyRequest) => void {
  if (token === undefined) return fromThisMachine
  const expected = digest(`Bearer ${token}`)
  return ({ headers }) => {
    // Digests are of one length, as the comparison in constant time needs.
    if (timingSafeEqual(digest(headers.authorization ?? ''), expected)) return
    throw problem('unauthorized', 'send Authorization: Bearer and the value of ADMIN_TOKEN')
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

function fromThisMachine({ headers }: FastifyRequest): void {
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? ''
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host))
    throw problem('not-this-machine', 'ask for it as localhost or 127.0.0.1, or set ADMIN_TOKEN')
  if (headers.origin !== undefined)
    throw problem('not-this-machine', 'a page in a browser may not ask; set ADMIN_TOKEN if it must')
}

/** @throws Problem 400: an act that nobody answers for is not taken */
export function operatorOf({ headers }: FastifyRequest): string {
  const operator = headers[operatorHeader]
  if (typeof operator === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(operator)) return operator
  throw problem('operator-missing', `send ${operatorHeader}: your name, 1 to 200 visible ASCII characters`)
}
