import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createCookie } from './cookies.ts'
import type { EndedSessions } from './ended-sessions.ts'
import type { Seal } from './seal.ts'
import type { Session } from './session.ts'

const content = z.object({
  jti: z.string(),
  sub: z.string(),
  kind: z.enum(['token', 'oidc']),
  rights: z.array(z.enum(['read', 'act'])),
  exp: z.number(),
})

/** Sessions in cookies: any instance reads them, and a sign-out ends them everywhere. Of none that cannot be noted a cookie is given. */
export interface Sessions {
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    who: Pick<Session, 'operator' | 'rights'> & { readonly kind: 'token' | 'oidc' },
  ): Promise<Session>
  of(request: FastifyRequest): Promise<Session | null>
  end(session: Session, request: FastifyRequest, reply: FastifyReply): Promise<void>
}

export function createSessions(o: {
  readonly seal: Seal
  readonly ended: EndedSessions
  readonly url: string | undefined
  readonly lifeMs: number
  /** Keeps that somebody came or went. */
  readonly note: (session: Session, act: 'sign-in' | 'sign-out') => Promise<void>
}): Sessions {
  const { seal, ended, url, lifeMs, note } = o
  // Strict: the pages ask by themselves, also when a link of another site has led to them.
  const cookie = createCookie({ name: 'saga-console', path: '/', sameSite: 'strict' }, url)
  return {
    async begin(request, reply, { operator, kind, rights }) {
      const id = crypto.randomUUID()
      const sealed = await seal.close('session', { jti: id, sub: operator, kind, rights: [...rights] }, lifeMs)
      const session = { id, operator, kind, rights, expiresAt: new Date(Date.now() + lifeMs) }
      await note(session, 'sign-in')
      cookie.write(request, reply, sealed, lifeMs)
      return session
    },
    async of(request) {
      const sealed = cookie.read(request)
      const parsed = content.safeParse(sealed && (await seal.open('session', sealed)))
      if (!parsed.success) return null
      const { jti: id, sub: operator, kind, rights, exp } = parsed.data
      if (await ended.has(id)) return null
      return { id, operator, kind, rights, expiresAt: new Date(exp * 1_000) }
    },
    async end(session, request, reply) {
      await ended.add(session.id, session.expiresAt ?? new Date())
      cookie.remove(request, reply)
      await note(session, 'sign-out')
    },
  }
}
