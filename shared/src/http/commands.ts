import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { CommandType } from '../messages.ts'
import { ownProblem, type Problem, problem, type UnavailableCode } from './problems.ts'
import { readBody, readParameters, traceparentOf } from './request-parts.ts'
import type { CommandRoute } from './routes.ts'

/** What the engine gets of a request (rules 31, 32). */
export interface CommandRequest {
  readonly command: CommandType<any, any, any>
  /** The command's fields, as `toCommand` made them. */
  readonly body: object
  /** `POST /orders/<id>/cancel`: method and full path with its ids, decoded and encoded anew, so that one path has one spelling. */
  readonly route: string
  /** Whose key it is: `principalOf` of ServiceOptions, else `anonymous`. */
  readonly principal: string
  /** undefined for a PUT: another body later is a new value and must be applied, so it has no key. */
  readonly idempotencyKey: string | undefined
  /** sha256 of the client's body with sorted keys. */
  readonly bodyHash: Buffer
  readonly traceparent: string | undefined
}

export type CommandResponse =
  | { readonly status: 'accepted'; readonly answer: unknown }
  | { readonly status: 'refused'; readonly httpStatus: 404 | 409 | 422; readonly code: string; readonly detail: string }
  /** The same key with another body. */
  | { readonly status: 'key-reused' }
  /** The saga has an unfinished row here. */
  | { readonly status: 'saga-busy'; readonly retryAfterSeconds: number }
  | {
      readonly status: 'unavailable'
      readonly code: UnavailableCode
      readonly detail: string
      readonly retryAfterSeconds: number
    }
  /** 500, and nothing of it is stored. */
  | { readonly status: 'failed'; readonly code: string }

export type Unavailable = Extract<CommandResponse, { status: 'unavailable' }>

/** Resolves once the command's COMMIT was acknowledged, never before. */
export type Submit = (request: CommandRequest) => Promise<CommandResponse>
/** Why a command is not even looked at now. */
export type TurnsAway = (command: CommandType<any, any, any>) => Unavailable | undefined
/** Who asks, by headers that whoever stands in front of the service has checked. It stands in ids, and so in logs. */
export type PrincipalOf = (headers: IncomingHttpHeaders) => string

const noBody = z.strictObject({})

export function commandHandler(route: CommandRoute, submit: Submit, principalOf: PrincipalOf) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const idempotencyKey = route.method === 'POST' ? readKey(request.headers['idempotency-key']) : undefined
    const params = readParameters(route.params, request.params)
    const response = await submit({
      ...commandOf(route, params, request.body),
      principal: principalOf(request.headers),
      idempotencyKey,
      traceparent: traceparentOf(request),
    })
    if (response.status !== 'accepted') throw refusal(response)
    if (route.location) void reply.header('location', route.location(response.answer))
    return reply.code(route.status).send(response.answer)
  }
}

/** What a body asks for at a route. @throws Problem 400 with JSON pointers into the body */
export function commandOf(
  route: CommandRoute,
  params: Record<string, unknown>,
  given: unknown,
): Pick<CommandRequest, 'command' | 'body' | 'route' | 'bodyHash'> {
  const { body, canonical } = readBody(route.body ?? noBody, given)
  return {
    command: route.command,
    body: route.toCommand({ params, body }),
    route: `${route.method} ${fullPath(route.path, params)}`,
    // Asked for as a buffer it comes in memory of its own outside the heap, which takes longer than the hash.
    bodyHash: Buffer.from(hash('sha256', canonical), 'hex'),
  }
}

/** @throws Problem 400 */
export function readKey(key: unknown): string {
  if (key === undefined)
    throw problem(
      'idempotency-key-missing',
      'send a fresh Idempotency-Key, for example a UUID, and the same one again when you repeat the request',
    )
  if (typeof key === 'string' && idempotencyKeyPattern.test(key)) return key
  throw problem(
    'idempotency-key-invalid',
    'send one Idempotency-Key of 1 to 200 visible ASCII characters, for example a UUID',
  )
}
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,200}$/

function fullPath(path: string, params: Record<string, unknown>): string {
  return path.replace(/:([A-Za-z]\w*)/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

export function refusal(response: Exclude<CommandResponse, { status: 'accepted' }>): Problem {
  switch (response.status) {
    case 'refused':
      return ownProblem(response.httpStatus, ownTitles[response.httpStatus], response.code, response.detail)
    case 'key-reused':
      return problem(
        'idempotency-key-reused',
        'this key came before with another body; use a fresh key for a new request',
      )
    case 'saga-busy':
      return problem('saga-busy', 'an earlier step of the saga is not finished here', response)
    case 'unavailable':
      return problem(response.code, response.detail, response)
    case 'failed':
      return ownProblem(
        500,
        'Internal Server Error',
        response.code,
        'the command failed and left no trace; repeating it with the same key is safe',
      )
  }
}
const ownTitles = { 404: 'Not Found', 409: 'Conflict', 422: 'Unprocessable Content' } as const
