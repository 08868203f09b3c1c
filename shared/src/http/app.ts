import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { answerErrors, answerFrameworkError, answerSocketError, type ErrorLog } from './answer-errors.ts'
import { maxBodyBytes, readJsonBodies } from './json-body.ts'
import { problem } from './problems.ts'

export interface AppOptions {
  readonly log: ErrorLog
  /** Whether an error of a read means that the database is away. */
  readonly isUnavailable: (error: unknown) => boolean
  readonly closing: AbortSignal
  /** What helps a client that asks for an unknown path. */
  readonly hint: string
  /** Throws the problem of a request that is not let in; asked before anything else is said. */
  readonly guard?: (request: FastifyRequest) => void
  readonly bodyLimit?: number
  /** Addresses and ranges of proxies that are believed when they say for whom they ask; nobody is without. */
  readonly trustedProxies?: readonly string[] | undefined
}

/** An HTTP listener without routes: JSON in, problems for errors, an end that lets the requests in flight finish. */
export function createApp(o: AppOptions): FastifyInstance {
  const { log, isUnavailable, closing, hint, guard, bodyLimit = maxBodyBytes, trustedProxies = [] } = o
  const app = fastify({
    bodyLimit,
    // A client that sends its request byte by byte holds a socket and, at shutdown, us.
    requestTimeout: 30_000,
    return503OnClosing: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerSocketError,
  })
  readJsonBodies(app, bodyLimit)
  answerErrors(app, { log, isUnavailable })

  app.addHook('onRequest', (request, _, done) => {
    try {
      guard?.(request)
    } catch (error) {
      return done(error as Error)
    }
    if (request.is404) done(problem('no-route', `nothing is served at ${request.url.split('?')[0]}; ${hint}`))
    else if (closing.aborted && request.url !== '/livez')
      done(problem('shutting-down', 'another instance takes this request', { retryAfterSeconds: 1 }))
    else done()
  })
  app.addHook('onSend', (_, reply, payload, done) => {
    if (closing.aborted) void reply.header('connection', 'close')
    done(null, payload)
  })
  return app
}
