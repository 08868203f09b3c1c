import { createHash } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { Log } from 'saga-kit/parts'
import type { Route } from '../http/route.ts'
import { createEndedSessions } from './ended-sessions.ts'
import { createGuard, type Guard } from './guard.ts'
import { setHeaders } from './headers.ts'
import { oidcRoutes } from './oidc-routes.ts'
import { createProvider } from './provider.ts'
import { createSeal } from './seal.ts'
import type { Session } from './session.ts'
import { sessionRoutes } from './session-routes.ts'
import { createSessions } from './sessions.ts'
import { type AccessSettings, isOpenToThisMachine } from './settings.ts'

export interface AccessOptions {
  readonly settings: AccessSettings
  readonly pool: Pick<Pool, 'query'>
  /** Keeps that somebody came or went. */
  readonly note: (session: Session, act: 'sign-in' | 'sign-out') => Promise<void>
  readonly log: Log
}

/** How one gets in, and what one may then: `serve` takes all of it. */
export interface ConsoleAccess {
  readonly host: string
  readonly install: (app: FastifyInstance) => Promise<void>
  readonly guard: Guard
  readonly routes: readonly Route[]
}

export function createAccess({ settings, pool, note, log }: AccessOptions): ConsoleAccess {
  const { url, oidcIssuer, sessionKey, sessionTimeMs } = settings
  const isOpen = isOpenToThisMachine(settings)
  const seal = createSeal(sessionKey, waysIn(settings))
  const sessions = createSessions({ seal, url, lifeMs: sessionTimeMs, ended: createEndedSessions(pool), note })
  const provider = oidcIssuer && createProvider(settings, oidcIssuer)
  return {
    host: isOpen ? '127.0.0.1' : '0.0.0.0',
    async install(app) {
      await setHeaders(app, url)
      await app.register(fastifyCookie)
      app.decorateRequest('session', null)
    },
    guard: createGuard({ isOpen, sessions, url }),
    routes: [
      ...sessionRoutes({ settings, oidc: provider?.name ?? null, sessions, log }),
      ...(provider ? oidcRoutes({ provider, settings, seal, sessions, log }) : []),
    ],
  }
}

/** Whoever changes one of these ends the sessions that it has opened. */
function waysIn({ oidcIssuer, oidcClientId, oidcRead, oidcAct, ...tokens }: AccessSettings): string {
  const { readToken, actToken, readTokens, actTokens } = tokens
  const named = readTokens.size + actTokens.size > 0 ? [[...readTokens], [...actTokens]] : []
  const ways = [readToken, actToken, oidcIssuer?.href, oidcClientId, oidcRead, oidcAct]
  const all = [...ways.map(each => each ?? null), ...named]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}
