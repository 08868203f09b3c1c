import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BatchRoute } from './batch-routes.ts'
import {
  type CommandRequest,
  type CommandResponse,
  commandOf,
  type PrincipalOf,
  readKey,
  refusal,
  type Submit,
} from './commands.ts'
import { Problem, problemBody } from './problems.ts'
import { checkBody, traceparentOf } from './request-parts.ts'

/** What one request of a batch would have been answered by itself. */
export interface BatchResult {
  readonly status: number
  readonly body: unknown
  readonly retryAfterSeconds?: number
}

export function batchHandler(route: BatchRoute, submit: Submit, principalOf: PrincipalOf) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const items = checkBody(route.envelope, request.body)[route.field]!
    const common = { principal: principalOf(request.headers), traceparent: traceparentOf(request) }
    // All are submitted in one turn of the event loop, so that they share a transaction.
    const answers = await Promise.all(
      items.map(async item => {
        const read = readItem(route, item)
        return read instanceof Problem ? read : submit({ ...read, ...common })
      }),
    )

    // Nobody got in: the whole is a 503, for clients that look at the status only.
    const responses = answers.filter(answer => !(answer instanceof Problem))
    const [first] = responses
    if (first?.status === 'unavailable' && responses.every(({ status }) => status === 'unavailable'))
      throw refusal(first)
    return reply.send({ results: answers.map(answer => resultOf(route, answer, request.id)) })
  }
}

/** A request that is wrong is a problem of its own, as it would be by itself. */
function readItem(
  { of }: BatchRoute,
  { idempotencyKey, ...body }: Readonly<Record<string, unknown>>,
): Problem | Omit<CommandRequest, 'principal' | 'traceparent'> {
  try {
    return { idempotencyKey: readKey(idempotencyKey), ...commandOf(of, {}, body) }
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

function resultOf({ of }: BatchRoute, answer: CommandResponse | Problem, requestId: string): BatchResult {
  if (!(answer instanceof Problem) && answer.status === 'accepted') return { status: of.status, body: answer.answer }
  const problem = answer instanceof Problem ? answer : refusal(answer)
  const { status, retryAfterSeconds } = problem
  return {
    status,
    body: problemBody(problem, requestId),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterSeconds)) }),
  }
}
