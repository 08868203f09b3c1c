import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { Registry } from 'prom-client'
import type { ErrorLog } from './answer-errors.ts'
import { createApp } from './app.ts'
import { batchHandler } from './batches.ts'
import { kitPaths } from './check-route.ts'
import { commandHandler, type PrincipalOf, refusal, type Submit, type TurnsAway } from './commands.ts'
import { type HttpServer, listen } from './listen.ts'
import { answerWrongMethods } from './not-allowed.ts'
import { OpenReads } from './open-reads.ts'
import { openApi } from './openapi.ts'
import { type Readiness, serveProbes } from './probes.ts'
import { type Problem, problem, type UnavailableCode } from './problems.ts'
import { queryHandler } from './queries.ts'
import type { Reader, Route } from './routes.ts'

export interface HttpOptions {
  readonly service: string
  readonly version?: string | undefined
  readonly routes: readonly Route[]
  readonly submit: Submit
  /** Asked before a request's body is read: under overload, to say no must cost little. */
  readonly turnsAway?: TurnsAway
  readonly turnedAway?: (cause: UnavailableCode) => void
  /** How many reads may be open at once. */
  readonly mostReads?: number
  /** What query routes read from. */
  readonly db: Reader
  readonly readiness: Readiness
  /** False while the service starts: its own routes then answer 503, the kit's as ever. */
  readonly isOpen?: () => boolean
  readonly registry: Registry
  readonly log: ErrorLog
  readonly principalOf?: PrincipalOf | undefined
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
  const { isOpen = () => true, mostReads = 10_000 } = o
  const app = createApp({ log, isUnavailable, closing, hint: '/openapi.json lists what is' })
  const reads = new OpenReads(mostReads)
  const handlerOf = (route: Route) => {
    if (route.kind === 'query') return reads.counting(queryHandler(route, db, closing))
    return route.kind === 'batch'
      ? batchHandler(route, submit, principalOf)
      : commandHandler(route, submit, principalOf)
  }
  const isTurnedAway = (route: Route): Problem | undefined => {
    if (!isOpen()) return problem('starting', 'what it needs does not answer yet', { retryAfterSeconds: 1 })
    const response =
      route.kind === 'query' ? reads.turnsAway() : o.turnsAway?.((route.kind === 'batch' ? route.of : route).command)
    if (!response) return undefined
    o.turnedAway?.(response.code)
    return refusal(response)
  }
  for (const route of routes) {
    const onRequest: onRequestHookHandler = (_, __, done) => done(isTurnedAway(route))
    app.route({ method: route.method, url: route.path, onRequest, handler: handlerOf(route) })
  }
  const document = JSON.stringify(openApi({ service: o.service, version: o.version ?? '0' }, routes))
  app.get('/openapi.json', (_, reply) => reply.type('application/json').send(document))
  serveProbes(app, o)
  answerWrongMethods(app, [...routes, ...kitPaths.map(path => ({ method: 'GET', path }))])
  return app
}
