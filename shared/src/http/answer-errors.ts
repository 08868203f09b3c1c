import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem, type ProblemCode, problem, problemBody, problemCatalogue } from './problems.ts'

/** Where what nobody foresaw is told. */
export type ErrorLog = Pick<FastifyBaseLogger, 'warn' | 'error'>

export interface ErrorOptions {
  readonly log: ErrorLog
  /** Whether a read failed because the database is away (rule 29): a 503 then, not a 500. */
  readonly isUnavailable: (error: unknown) => boolean
}

/** Every error leaves as problem+json; only those that nobody foresaw are logged. */
export function answerErrors(app: FastifyInstance, { log, isUnavailable }: ErrorOptions): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = error instanceof Problem ? error : fromFastify(error, request)
    if (known) return sendProblem(known, request, reply)

    const line = { err: error, request_id: request.id, route: `${request.method} ${request.routeOptions.url ?? ''}` }
    if (isUnavailable(error)) {
      log.warn(line, 'request refused: the database is away')
      return sendProblem(
        problem('database-unavailable', 'the database does not answer', { retryAfterSeconds: 1 }),
        request,
        reply,
      )
    }
    log.error(line, 'request failed')
    return sendProblem(problem('internal', 'the cause is in the log, under this instance'), request, reply)
  })
}

export function sendProblem(p: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (p.retryAfterSeconds !== undefined) void reply.header('retry-after', Math.max(1, Math.ceil(p.retryAfterSeconds)))
  return reply.code(p.status).type('application/problem+json').send(problemBody(p, request.id))
}

/** For URLs that fastify refuses before there is a route, and with it an error handler. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(fromFastify(error, request) ?? problem('bad-request', 'the request cannot be read'), request, reply)
}

/** For bytes that are no HTTP request at all: there is no reply to send, only a socket. */
export function answerSocketError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code: ProblemCode =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'bad-request'
  const { status, title } = problemCatalogue[code]
  const body = JSON.stringify(problemBody(problem(code, title), crypto.randomUUID()))
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

function fromFastify(error: FastifyError, request: FastifyRequest): Problem | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('body-too-large', `send at most ${request.routeOptions.bodyLimit} bytes`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('content-type-unsupported', 'send the body with Content-Type: application/json')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return problem('path-too-long', 'shorten the id in the path')
  }
  // The rest of what fastify refuses: a wrong Content-Length, a URL that cannot be decoded, a client that hung up.
  const refused = error.code?.startsWith('FST_') && (error.statusCode ?? 500) < 500
  return refused ? problem('bad-request', error.message) : undefined
}
