import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import {
  answerWrongMethods,
  createApp,
  type HttpServer,
  type Log,
  listen,
  problem,
  type ReadinessCheck,
  serveProbes,
  troubleOf,
} from 'saga-kit/parts'
import { servePages } from './pages.ts'
import type { Right, Route } from './route.ts'

export interface ServeOptions {
  readonly port: number
  readonly host: string
  /** Whose word counts for the address of who asks. */
  readonly trustedProxies?: readonly string[]
  readonly routes: readonly Route[]
  /** What every answer passes through: cookies, security headers. Before the routes. */
  readonly install?: (app: FastifyInstance) => Promise<void>
  /** Throws the problem of a request that has not the route's right; asked before a body is read. */
  readonly guard: (request: FastifyRequest, right: Right) => void | Promise<void>
  /** False until the database has been brought up to date. */
  readonly isOpen: () => boolean
  readonly readiness: () => Promise<readonly ReadinessCheck[]>
  readonly registry: Registry
  readonly dist: URL
  readonly log: Log
}

declare module 'fastify' {
  interface FastifyContextConfig {
    right?: Right
  }
}

const kitPaths = ['/livez', '/readyz', '/metrics']

/** The console's HTTP listener: probes and metrics, the routes below /api, and the pages. @throws StartError `port-in-use`, `port-refused` */
export async function serve(o: ServeOptions): Promise<HttpServer> {
  const { port, host, trustedProxies, routes, log } = o
  const closing = new AbortController()
  const app = createApp({
    ...{ log, closing: closing.signal, trustedProxies, hint: 'the pages begin at /, what they ask at /api' },
    isUnavailable: error => troubleOf(error).kind === 'infrastructure',
  })
  await o.install?.(app)
  serveProbes(app, o)
  answerWrongMethods(app, [...routes, ...kitPaths.map(path => ({ method: 'GET', path }))])
  app.addHook('onRoute', ({ url, config }) => {
    if (url.startsWith('/api') && config?.right === undefined)
      throw new Error(`the route ${url} declares no right: whoever reaches it might do anything`)
  })
  app.addHook('onRequest', async request => {
    const { right } = request.routeOptions.config
    if (right === undefined) return
    if (!o.isOpen()) throw problem('starting', 'the database does not answer yet', { retryAfterSeconds: 1 })
    await o.guard(request, right)
  })
  for (const { method, path, right, handle } of routes)
    app.route({
      ...{ method, url: path, config: { right } },
      handler: (request, reply) => handle(request, reply, closing.signal),
    })
  await servePages(app, o)
  return listen(app, { port, host, setting: 'PORT', closing })
}
