import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Log, ownProblem, Problem } from 'saga-kit/parts'
import { type Access, access, signIn } from '../contract.ts'
import { get, post, type Route } from '../http/route.ts'
import { createAttempts } from './attempts.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import { type AccessSettings, hasTokens } from './settings.ts'
import { findToken } from './tokens.ts'

export interface SessionOptions {
  readonly settings: AccessSettings
  /** The login's name. */
  readonly oidc: string | null
  readonly sessions: Sessions
  readonly log: Log
}

/** How one gets in and out: GET /api/access, POST and DELETE /api/session. */
export function sessionRoutes({ settings, oidc, sessions, log }: SessionOptions): Route[] {
  const tokenOf = findToken(settings)
  const isTaken = (operator: string) => settings.readTokens.has(operator) || settings.actTokens.has(operator)
  const attempts = createAttempts({ most: 10, withinMs: 60_000 })
  const told = (session: Session | null): Access => ({
    token: hasTokens(settings),
    oidc,
    session: session && {
      ...{ operator: session.operator, rights: [...session.rights] },
      canEnd: session.kind !== 'local',
    },
  })

  async function begin(
    { token, operator: claimed }: { token: string; operator: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const waitMs = attempts.waitMs(request.ip)
    if (waitMs > 0) throw tooManyAttempts(waitMs)
    const found = tokenOf(token)
    if (!found) {
      attempts.failed(request.ip)
      log.warn({ address: request.ip }, 'a sign-in with a wrong token')
      throw ownProblem(401, 'Unauthorized', 'wrong-token', 'it is none of the tokens that this console knows')
    }
    const { operator = claimed, rights } = found
    // Nobody proves a name by a token that several share.
    if (found.operator === undefined && isTaken(operator)) throw nameTaken(operator)
    return told(await sessions.begin(request, reply, { operator, kind: 'token', rights }))
  }

  async function end(request: FastifyRequest, reply: FastifyReply) {
    const { session } = request
    if (session && session.kind !== 'local') await sessions.end(session, request, reply)
    return reply.code(204).send()
  }

  return [
    get({ path: '/api/access', right: 'none', answer: access, read: async (_, { session }) => told(session) }),
    post({
      ...{ path: '/api/session', right: 'none', body: signIn, answer: access },
      run: ({ body }, request, reply) => begin(body, request, reply),
    }),
    { method: 'DELETE', path: '/api/session', right: 'none', handle: end },
  ]
}

const nameTaken = (operator: string) =>
  ownProblem(
    ...([403, 'Forbidden', 'name-taken'] as const),
    `${operator} has a token of one operator alone: sign in with that, or under another name`,
  )

const tooManyAttempts = (waitMs: number) =>
  new Problem({
    ...{ status: 429, title: 'Too Many Requests', type: 'about:blank', code: 'too-many-attempts' },
    detail: 'too many wrong tokens came from this address; wait a minute',
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  })
