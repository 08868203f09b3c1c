/** Every problem that the kit itself answers with, by its stable code. docs/errors.md lists them; a service's own refusals add their codes. */
export const problemCatalogue = {
  'bad-request': { status: 400, title: 'The request is not valid HTTP or its URL cannot be decoded' },
  'body-missing': { status: 400, title: 'This request needs a JSON body' },
  'body-not-json': { status: 400, title: 'The body is not JSON' },
  'body-invalid': { status: 400, title: 'The body does not have the expected fields' },
  'parameter-invalid': { status: 400, title: 'A parameter of the path or the query is wrong' },
  'idempotency-key-missing': { status: 400, title: 'A POST needs an Idempotency-Key header' },
  'idempotency-key-invalid': { status: 400, title: 'The Idempotency-Key must be 1 to 200 visible ASCII characters' },
  'operator-missing': { status: 400, title: 'An act needs the header saga-operator: who acts' },
  unauthorized: { status: 401, title: 'The admin listener needs its bearer token' },
  'not-this-machine': {
    status: 403,
    title: 'Without a token the admin listener answers programs of its own machine only',
  },
  'no-route': { status: 404, title: 'There is no such path' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The path exists, but not with this method' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'letter-changed': { status: 409, title: 'The letter is not as it was looked at' },
  'letter-unreadable': { status: 409, title: 'Nobody can read the message of this letter' },
  'books-too-large': { status: 409, title: 'The books are too large to be added up in the service' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'path-too-long': { status: 414, title: 'A part of the path is too long' },
  'content-type-unsupported': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with another body' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'The service failed' },
  'saga-busy': { status: 503, title: 'The saga has an unfinished step here; try again with the same key' },
  'database-unavailable': { status: 503, title: 'The database is away; try again with the same key' },
  'registry-unavailable': { status: 503, title: 'The schema registry does not answer; try again' },
  overloaded: { status: 503, title: 'Too many requests wait for their turn; try again with the same key' },
  'outbox-full': { status: 503, title: 'Too many events wait to be published; try again with the same key' },
  'shutting-down': { status: 503, title: 'This instance is stopping; try again with the same key' },
  starting: { status: 503, title: 'The service is starting; try again with the same key' },
  'not-ready': { status: 503, title: 'The service is not ready' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problemCatalogue
/** The codes of requests that are worth sending again: they left no trace. */
export type UnavailableCode = {
  [C in ProblemCode]: (typeof problemCatalogue)[C]['status'] extends 503 ? C : never
}[ProblemCode]

/** Where in the request something is wrong: a JSON pointer into the body, or the name of a parameter. */
export type Place =
  | { readonly detail: string; readonly pointer: string }
  | { readonly detail: string; readonly parameter: string }

/** RFC 9457 (application/problem+json). */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable; what a program should look at. */
  readonly code: string
  /** Names this one request; a 500's is in the log. */
  readonly instance: string
  readonly errors?: readonly Place[]
}

/** Thrown on the way of a request; the error handler turns it into the answer. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly type: string
  readonly retryAfterSeconds: number | undefined
  readonly errors: readonly Place[] | undefined

  constructor(
    p: Omit<ProblemBody, 'instance' | 'errors'> & {
      retryAfterSeconds?: number | undefined
      errors?: readonly Place[] | undefined
    },
  ) {
    // It says all that it has to say: where in the code is a seventh of what it costs to turn a request away.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(p.detail)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Problem'
    this.code = p.code
    this.status = p.status
    this.title = p.title
    this.type = p.type
    this.retryAfterSeconds = p.retryAfterSeconds
    this.errors = p.errors
  }
}

/** A problem of the catalogue. `detail` is for the human at the other end: what was found, and what to do. */
export function problem(
  code: ProblemCode,
  detail: string,
  { retryAfterSeconds, errors }: { readonly retryAfterSeconds?: number; readonly errors?: readonly Place[] } = {},
): Problem {
  return new Problem({
    ...problemCatalogue[code],
    code,
    type: `urn:saga-kit:problem:${code}`,
    detail,
    retryAfterSeconds,
    errors,
  })
}

/** A problem with a code of the service's own. RFC 9457, 4.2.1: `about:blank` says that the title is the status' own. */
export function ownProblem(status: number, title: string, code: string, detail: string): Problem {
  return new Problem({ status, title, code, type: 'about:blank', detail })
}

/** `requestId` names the request in the answer and in the log. */
export function problemBody(p: Problem, requestId: string): ProblemBody {
  const { type, title, status, message: detail, code, errors } = p
  return { type, title, status, detail, code, instance: `urn:uuid:${requestId}`, ...(errors && { errors }) }
}
