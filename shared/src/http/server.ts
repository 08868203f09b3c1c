import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { Registry } from 'prom-client'
import type { ErrorLog } from './answer-errors.ts'
import { createApp } from './app.ts'
import { batchHandler } from './batches.ts'
import { kitPaths } from './check-route.ts'
import { commandHandler, type PrincipalOf, type Submit } from './commands.ts'
import { type HttpServer, listen } from './listen.ts'
import { answerWrongMethods } from './not-allowed.ts'
import { openApi } from './openapi.ts'
import { type Readiness, serveProbes } from './probes.ts'
import { problem } from './problems.ts'
import { queryHandler } from './queries.ts'
import type { Reader, Route } from './routes.ts'

export interface HttpOptions {
  readonly service: string
  readonly version?: string
  readonly routes: readonly Route[]
  readonly submit: Submit
  /** What query routes read from. */
  readonly db: Reader
  readonly readiness: Readiness
  /** False while the service starts: its own routes then answer 503, the kit's as ever. */
  readonly isOpen?: () => boolean
  readonly registry: Registry
  readonly log: ErrorLog
  readonly principalOf?: PrincipalOf
  /** Whether an error of a read means that the database is away. */
  readonly isUnavailable?: (error: unknown) => boolean
}
/** @throws StartError `port-in-use`, `port-refused` */
export async function startHttp(
  o: HttpOptions & { readonly port: number; readonly host?: string },
): Promise<HttpServer> {
  const closing = new AbortController()
  const app = buildApp(o, closing.signal)
  return listen(app, { port: o.port, host: o.host ?? '0.0.0.0', setting: 'PORT', closing })
}

export function buildApp(o: HttpOptions, closing: AbortSignal): FastifyInstance {
  const { routes, submit, db, log, principalOf = () => 'anonymous', isUnavailable = () => false } = o
  const { isOpen = () => true } = o
  const app = createApp({ log, isUnavailable, closing, hint: '/openapi.json lists what is' })
  const handlerOf = (route: Route) => {
    if (route.kind === 'query') return queryHandler(route, db, closing)
    return route.kind === 'batch'
      ? batchHandler(route, submit, principalOf)
      : commandHandler(route, submit, principalOf)
  }
  const onRequest: onRequestHookHandler = (_, __, done) =>
    isOpen() ? done() : done(problem('starting', 'what it needs does not answer yet', { retryAfterSeconds: 1 }))
  for (const route of routes) app.route({ method: route.method, url: route.path, onRequest, handler: handlerOf(route) })
  const document = JSON.stringify(openApi({ service: o.service, version: o.version ?? '0' }, routes))
  app.get('/openapi.json', (_, reply) => reply.type('application/json').send(document))
  serveProbes(app, o)
  answerWrongMethods(app, [...routes, ...kitPaths.map(path => ({ method: 'GET', path }))])
  return app
}
