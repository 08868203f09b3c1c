import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { sendProblem } from './answer-errors.ts'
import { problem } from './problems.ts'

/** One thing that must work before the service takes traffic, e.g. `database`, `kafka`, `migrations`. */
export interface ReadinessCheck {
  readonly name: string
  readonly ok: boolean
  /** What is wrong; shown to whoever asks, so no connection strings. */
  readonly detail?: string
}
export type Readiness = () => Promise<readonly ReadinessCheck[]> | readonly ReadinessCheck[]

export interface ProbeOptions {
  readonly readiness: Readiness
  readonly registry: Registry
  readonly timeoutMs?: number
}

export function serveProbes(app: FastifyInstance, { readiness, registry, timeoutMs = 2_000 }: ProbeOptions): void {
  // Touches nothing else: an orchestrator that restarts us because the database is away makes it worse.
  app.get('/livez', (_, reply) => reply.send({ status: 'alive' }))

  app.get('/readyz', async (request, reply) => {
    const checks = await within(readiness, timeoutMs)
    const failing = checks.filter(check => !check.ok)
    void reply.header('cache-control', 'no-store')
    if (failing.length === 0) return reply.send({ status: 'ready', checks: checks.map(check => check.name) })
    return sendProblem(
      problem('not-ready', failing.map(({ name, detail }) => (detail ? `${name}: ${detail}` : name)).join('; '), {
        retryAfterSeconds: 1,
      }),
      request,
      reply,
    )
  })

  app.get('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()))
}

/** A check that throws or hangs is one that fails. */
async function within(readiness: Readiness, timeoutMs: number): Promise<readonly ReadinessCheck[]> {
  const { promise, resolve } = Promise.withResolvers<readonly ReadinessCheck[]>()
  const timer = setTimeout(
    () => resolve([{ name: 'readiness', ok: false, detail: `no answer within ${timeoutMs} ms` }]),
    timeoutMs,
  )
  try {
    return await Promise.race([promise, readiness()])
  } catch (error) {
    return [{ name: 'readiness', ok: false, detail: error instanceof Error ? error.name : 'failed' }]
  } finally {
    clearTimeout(timer)
  }
}
