import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from 'saga-kit/parts'
import { z } from 'zod'
import type { Route } from '../http/route.ts'
import { type Claims, hasClaim, operatorIn } from './claims.ts'
import { createCookie } from './cookies.ts'
import { callbackPath, type Provider } from './provider.ts'
import type { Seal } from './seal.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { AccessSettings } from './settings.ts'

const flowContent = z.object({ state: z.string(), nonce: z.string(), codeVerifier: z.string(), back: z.string() })
const loginLifeMs = 600_000

/**
 * Why a login came to nothing: the browser is sent to /?refused=<this>. `provider-silent`: the provider does not answer.
 * `login-expired`: it took longer than ten minutes, or was begun in another browser. `login-failed`: the provider says no, or
 * its answer is not what it should be. `no-operator`: the claim that names the operator is missing. `no-right`: may not read.
 */
export type Refused = 'provider-silent' | 'login-expired' | 'login-failed' | 'no-operator' | 'no-right'

export interface OidcOptions {
  readonly provider: Provider
  readonly settings: AccessSettings
  readonly seal: Seal
  readonly sessions: Sessions
  readonly log: Log
}

/** GET /api/oidc/login?return=<own path> sends the browser to the provider, GET /api/oidc/callback takes it back. */
export function oidcRoutes({ provider, settings, seal, sessions, log }: OidcOptions): Route[] {
  // Lax: it is the provider's page that leads back here.
  const cookie = createCookie({ name: 'saga-console-login', path: '/api/oidc', sameSite: 'lax' }, settings.url)
  const refuse = (reply: FastifyReply, refused: Refused) => reply.redirect(`/?refused=${refused}`, 303)

  async function login(request: FastifyRequest, reply: FastifyReply) {
    try {
      const { to, flow } = await provider.begin()
      const back = ownPath(new URL(request.url, 'http://console').searchParams.get('return'))
      cookie.write(request, reply, await seal.close('login', { ...flow, back }, loginLifeMs), loginLifeMs)
      return reply.redirect(to.href, 303)
    } catch (error) {
      log.warn({ error: told(error) }, 'the OpenID Connect provider cannot be asked')
      return refuse(reply, 'provider-silent')
    }
  }

  async function callback(request: FastifyRequest, reply: FastifyReply) {
    const sealed = cookie.read(request)
    cookie.remove(request, reply)
    const flow = flowContent.safeParse(sealed && (await seal.open('login', sealed)))
    if (!flow.success) return refuse(reply, 'login-expired')
    let claims: Claims
    try {
      claims = await provider.finish(new URL(request.url, 'http://console').search, flow.data)
    } catch (error) {
      log.warn({ error: told(error) }, 'a login was refused')
      return refuse(reply, 'login-failed')
    }
    const who = whoIs(claims, settings)
    if (typeof who === 'string') {
      log.warn({ refused: who, subject: claims.sub }, 'a login gives no right')
      return refuse(reply, who)
    }
    await sessions.begin(request, reply, { ...who, kind: 'oidc' })
    return reply.redirect(flow.data.back, 303)
  }

  return [
    { method: 'GET', path: '/api/oidc/login', right: 'none', handle: login },
    { method: 'GET', path: callbackPath, right: 'none', handle: callback },
  ]
}

export function whoIs(
  claims: Claims,
  { oidcOperatorClaim, oidcRead, oidcAct }: Pick<AccessSettings, 'oidcOperatorClaim' | 'oidcRead' | 'oidcAct'>,
): Pick<Session, 'operator' | 'rights'> | Refused {
  const operator = operatorIn(claims, oidcOperatorClaim)
  if (operator === undefined) return 'no-operator'
  const mayAct = oidcAct !== undefined && hasClaim(claims, oidcAct)
  if (mayAct) return { operator, rights: ['read', 'act'] }
  return oidcRead === undefined || hasClaim(claims, oidcRead) ? { operator, rights: ['read'] } : 'no-right'
}

/** Only a path of this site: a link must not lead through our login to a page that looks like ours. */
export function ownPath(text: string | null): string {
  const url = text?.startsWith('/') ? URL.parse(text, 'http://console') : null
  const path = url?.origin === 'http://console' ? url.pathname + url.search : '/'
  // `/.//evil.example` has become `//evil.example`, which to a browser is another site.
  return path.startsWith('//') ? '/' : path
}

/** openid-client puts what matters into the cause. */
function told(error: unknown): string {
  const { message, code, cause } = error as Error & { code?: string; cause?: { message?: string } }
  return [code, message, cause?.message].filter(Boolean).join(': ')
}
