import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from './problems.ts'
import { readParameters } from './request-parts.ts'
import type { QueryRoute, Reader } from './routes.ts'

export function queryHandler(route: QueryRoute, db: Reader, closing: AbortSignal) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const params = readParameters(route.params, request.params)
    const query = readParameters(route.query, request.query)

    const found = await route.read({ params, query, db, signal: AbortSignal.any([closing, gone(reply)]) })
    if (found === undefined)
      throw problem('not-found', `${request.url.split('?')[0]} names nothing that this service has`)
    return reply.send(route.response.parse(found))
  }
}

/** Aborted when the client hangs up before its answer. Not the request's `close`: Node emits that once a body is read. */
function gone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
