import { createApp } from '../http/app.ts'
import { type HttpServer, listen } from '../http/listen.ts'
import { answerWrongMethods } from '../http/not-allowed.ts'
import { queryHandler } from '../http/queries.ts'
import type { QueryRoute, Reader } from '../http/routes.ts'
import type { Log } from '../runtime/logs.ts'
import { guard } from './guard.ts'
import { type PostRoute, postHandler } from './post-route.ts'

export interface AdminOptions {
  readonly port: number
  /** Without one only this machine is listened to. */
  readonly token: string | undefined
  readonly reads: readonly QueryRoute[]
  readonly acts: readonly PostRoute[]
  /** What the reading routes read from. */
  readonly db: Reader
  readonly log: Log
  readonly isUnavailable: (error: unknown) => boolean
}

/** A restored letter carries its message: as large as a topic takes it, in base64. */
const bodyLimit = 16 * 1024 * 1024

/** Operators' way into a running service, on a port of its own. @throws StartError `port-in-use`, `port-refused` */
export async function startAdmin(o: AdminOptions): Promise<HttpServer> {
  const { port, token, reads, acts, db, log, isUnavailable } = o
  const closing = new AbortController()
  const app = createApp({
    ...{ log, isUnavailable, bodyLimit, closing: closing.signal, guard: guard(token) },
    hint: 'this is the admin listener, whose paths are under /admin; the service itself is at PORT',
  })
  // The challenge that a 401 must carry (RFC 9110, 15.5.2).
  app.addHook('onSend', (_, reply, payload, done) => {
    if (reply.statusCode === 401) void reply.header('www-authenticate', 'Bearer')
    done(null, payload)
  })
  for (const route of reads)
    app.route({ method: 'GET', url: route.path, handler: queryHandler(route, db, closing.signal) })
  for (const route of acts) app.route({ method: 'POST', url: route.path, handler: postHandler(route) })
  answerWrongMethods(app, [...reads, ...acts.map(({ path }) => ({ method: 'POST', path }))])
  return listen(app, { port, closing, setting: 'ADMIN_PORT', host: token === undefined ? '127.0.0.1' : '0.0.0.0' })
}
