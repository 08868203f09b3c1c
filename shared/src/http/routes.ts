import { z } from 'zod'
import type { CommandType } from '../messages.ts'
import type { Tx } from '../reaction.ts'
import type { BatchRoute } from './batch-routes.ts'
import { checkRoute } from './check-route.ts'

/** A route that turns a request into a command of the participant; built by `commandRoute`. */
export interface CommandRoute {
  readonly kind: 'command'
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly summary: string | undefined
  readonly params: z.ZodObject
  readonly body: z.ZodType | undefined
  readonly status: 200 | 201 | 202
  readonly command: CommandType<any, any, any>
  readonly toCommand: (request: { params: any; body: any }) => object
  readonly answer: z.ZodType | undefined
  readonly location: ((answer: any) => string) | undefined
}
/** A route that only reads; built by `queryRoute`. */
export interface QueryRoute {
  readonly kind: 'query'
  readonly method: 'GET'
  readonly path: string
  readonly summary: string | undefined
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly response: z.ZodType
  readonly read: (request: { params: any; query: any; db: Reader; signal: AbortSignal }) => Promise<any>
}
export type Route = CommandRoute | BatchRoute | QueryRoute
/** Reads outside any transaction of the engine. */
export type Reader = Pick<Tx, 'query'>

const nothing = z.strictObject({})
type Nothing = typeof nothing

/**
 * A POST (with Idempotency-Key) or PUT (the last one wins) that the participant handles as a command.
 * `path` is written `/orders/:orderId/cancel`, with a field of `params` for each part that varies.
 * `toCommand` may draw ids: on a repeat the first answer is given and the new id is forgotten.
 */
export function commandRoute<
  C extends object,
  A,
  Params extends z.ZodObject = Nothing,
  Body extends z.ZodType<object> = Nothing,
>(o: {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly summary?: string
  readonly params?: Params
  /** Strict at every level (z.strictObject): an unknown field is a 400. Without one the request has no body. */
  readonly body?: Body
  readonly status: 200 | 201 | 202
  readonly command: CommandType<any, C, A>
  readonly toCommand: (request: { readonly params: z.output<Params>; readonly body: z.output<Body> }) => NoInfer<C>
  /** For openapi.json; the answer itself is the handler's and is not checked again. */
  readonly answer?: z.ZodType<NoInfer<A>>
  /** The Location header. */
  readonly location?: (answer: NoInfer<A>) => string
}): CommandRoute {
  return checkRoute({
    ...o,
    kind: 'command',
    params: o.params ?? nothing,
    body: o.body,
    summary: o.summary,
    answer: o.answer,
    location: o.location,
  })
}

/**
 * A GET. `read` answers with `response`'s input, or undefined for a 404. `signal` is aborted when the client is gone or
 * the server is closing: a read that waits for something must end then, with what it has.
 */
export function queryRoute<
  Response extends z.ZodType,
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
>(o: {
  readonly method: 'GET'
  readonly path: string
  readonly summary?: string
  readonly params?: Params
  /** Of strings: use z.coerce or a transform for numbers. An unknown parameter is a 400. */
  readonly query?: Query
  /** Also applied to the answer: a field that it does not name never leaves the service. */
  readonly response: Response
  readonly read: (request: {
    readonly params: z.output<Params>
    readonly query: z.output<Query>
    readonly db: Reader
    readonly signal: AbortSignal
  }) => Promise<z.input<NoInfer<Response>> | undefined>
}): QueryRoute {
  return checkRoute({
    ...o,
    kind: 'query',
    params: o.params ?? nothing,
    query: (o.query ?? nothing).strict(),
    summary: o.summary,
  })
}
