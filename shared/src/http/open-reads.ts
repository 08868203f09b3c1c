import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Unavailable } from './commands.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/**
 * The reads that are answered now, those that wait for something among them. Each takes memory, and asks again and again over the
 * few connections that reads have: were there no end to their number, they would take all memory, and stand in line for a
 * connection for longer than one waits for a database.
 */
export class OpenReads {
  readonly #most: number
  #open = 0

  constructor(most: number) {
    this.#most = most
  }

  turnsAway(): Unavailable | undefined {
    if (this.#open < this.#most) return undefined
    const detail = 'more reads are waiting than this instance can hold'
    return { status: 'unavailable', code: 'overloaded', detail, retryAfterSeconds: 1 }
  }

  counting(handler: Handler): Handler {
    return async (request, reply) => {
      this.#open++
      try {
        return await handler(request, reply)
      } finally {
        this.#open--
      }
    }
  }
}
