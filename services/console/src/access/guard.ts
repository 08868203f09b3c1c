import type { FastifyRequest } from 'fastify'
import { ownProblem } from 'saga-kit/parts'
import type { Right } from '../http/route.ts'
import { fromOwnPages, fromThisMachine } from './own-pages.ts'
import { local } from './session.ts'
import type { Sessions } from './sessions.ts'

export type Guard = (request: FastifyRequest, right: Right) => Promise<void>

/** The one place where it is decided who may what: every route below /api passes through it, before its body is read. */
export function createGuard(o: {
  /** Nobody has to sign in. */
  readonly isOpen: boolean
  readonly sessions: Sessions
  readonly url: string | undefined
}): Guard {
  return async (request, right) => {
    if (o.isOpen) fromThisMachine(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') fromOwnPages(request, o.url)
    const session = o.isOpen ? local : await o.sessions.of(request)
    request.session = session
    if (right === 'none') return
    if (!session)
      throw ownProblem(401, 'Unauthorized', 'no-session', 'sign in: the session is missing, has ended or expired')
    if (!session.rights.includes(right))
      throw ownProblem(
        403,
        'Forbidden',
        'right-missing',
        `${session.operator} may ${session.rights.join(' and ')}, not ${right}`,
      )
  }
}

/** Who asks, behind the guard. */
export function sessionOf({ session }: FastifyRequest) {
  if (!session) throw new Error('asked for the session of a request that the guard has not let in')
  return session
}
