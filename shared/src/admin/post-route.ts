import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { problem } from '../http/problems.ts'
import { readBody } from '../http/request-parts.ts'
import { RegistryUnavailable } from '../kafka/registry.ts'

/** What an operator orders or asks with a body. */
export interface PostRoute {
  readonly path: string
  readonly body: z.ZodType
  readonly answer: z.ZodType
  readonly run: (body: any, request: FastifyRequest) => Promise<unknown>
}

/** Gives the route's types to its parts. */
export function postRoute<Body extends z.ZodType, Answer extends z.ZodType>(o: {
  readonly path: string
  readonly body: Body
  readonly answer: Answer
  readonly run: (body: z.output<Body>, request: FastifyRequest) => Promise<z.input<NoInfer<Answer>>>
}): PostRoute {
  return o
}

export function postHandler({ body, answer, run }: PostRoute) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = readBody(body, request.body)
    try {
      return await reply.send(answer.parse(await run(read.body, request)))
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error
      throw problem('registry-unavailable', 'the schema registry does not answer, and the message needs its schema', {
        retryAfterSeconds: 1,
      })
    }
  }
}
