import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem, readBody, readParameters } from 'saga-kit/parts'
import { z } from 'zod'

/** Reading and acting are rights of their own; `none` is for how one gets in. */
export type Right = 'read' | 'act' | 'none'

/** One route, as `serve` takes it: what it is, who may, and what it does. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly right: Right
  /** Sends the answer. `closing` is aborted when the console stops: what streams must end then. */
  readonly handle: (request: FastifyRequest, reply: FastifyReply, closing: AbortSignal) => Promise<unknown>
}

const nothing = z.strictObject({})

/** A GET that answers JSON; what `answer` does not name never leaves the console. `read` gives undefined for a 404. */
export function get<
  Answer extends z.ZodType,
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
>(o: {
  readonly path: string
  readonly right?: Right
  readonly params?: Params
  /** Of strings: use z.coerce or a transform. An unknown parameter is a 400. */
  readonly query?: Query
  readonly answer: Answer
  readonly read: (
    asked: { readonly params: z.output<Params>; readonly query: z.output<Query> },
    request: FastifyRequest,
  ) => Promise<z.input<NoInfer<Answer>> | undefined>
}): Route {
  const { path, right = 'read', params = nothing, query = nothing, answer, read } = o
  return {
    ...{ method: 'GET', path, right },
    async handle(request, reply) {
      const asked = {
        params: readParameters(params, request.params) as z.output<Params>,
        query: readParameters(query.strict(), request.query) as z.output<Query>,
      }
      const found = await read(asked, request)
      if (found === undefined)
        throw problem('not-found', `${request.url.split('?')[0]} names nothing that is known here`)
      return reply.header('cache-control', 'no-store').send(answer.parse(found))
    },
  }
}

/** A POST with a JSON body that answers JSON. `run` gives undefined for a 404. */
export function post<Body extends z.ZodType, Answer extends z.ZodType, Params extends z.ZodObject = typeof nothing>(o: {
  readonly path: string
  readonly right?: Right
  readonly params?: Params
  readonly body: Body
  readonly answer: Answer
  readonly run: (
    asked: { readonly params: z.output<Params>; readonly body: z.output<Body> },
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<z.input<NoInfer<Answer>> | undefined>
}): Route {
  const { path, right = 'act', params = nothing, body, answer, run } = o
  return {
    ...{ method: 'POST', path, right },
    async handle(request, reply) {
      const asked = {
        params: readParameters(params, request.params) as z.output<Params>,
        body: readBody(body, request.body).body,
      }
      const done = await run(asked, request, reply)
      if (done === undefined)
        throw problem('not-found', `${request.url.split('?')[0]} names nothing that is known here`)
      return reply.header('cache-control', 'no-store').send(answer.parse(done))
    },
  }
}
