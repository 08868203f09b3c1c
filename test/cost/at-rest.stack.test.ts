import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { Paid } from '../../shared/src/testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, sent } from '../../shared/src/testing/service.fixture.ts'
import { type LossyProxy, startProxy } from '../faults/tcp-proxy.ts'

const [host, port] = inject('brokers')[0]!.split(':') as [string, string]
let proxy: LossyProxy
let ledger: Deployment
beforeAll(async () => {
  proxy = await startProxy({ host, port: Number(port) })
  ledger = await deploy()
})
afterAll(async () => {
  await ledger.close()
  await proxy.close()
})

/** How seldom each is asked at rest. Nothing else is asked at all, but for what is forgotten once a minute. */
const statements: Readonly<Record<string, number>> = {
  ...{ 'sweep-deferred': 500, 'sweep-old': 1_000, 'next-due': 1_000, backlog: 1_000, oldest_unfinished: 5_000 },
}
/** By Kafka's number of them: fetches, which the broker holds as long when there is nothing, and heartbeats. */
const requests: Readonly<Record<string, number>> = { 1: 500, 12: 1_000 }
/** Longer than anything that has moved keeps anybody awake. */
const sleepyMs = 2_000

/**
 * Counts, and holds them against the time that has really passed: a machine that is slow asks less often. Each statement is a
 * transaction of its own.
 */
test('a participant at rest asks its database five times a second, and its broker three times', async () => {
  const counts = { statements: new Map<string, number>(), requests: new Map<string, number>() }
  const count = (of: Map<string, number>, what: unknown) => void of.set(String(what), (of.get(String(what)) ?? 0) + 1)
  const query = vi.spyOn(pg.Client.prototype, 'query')
  proxy.requestOf = apiKey => {
    count(counts.requests, apiKey)
    return 'pass'
  }
  const instance = await ledger.start({ redirect: () => ({ host, port: proxy.port }) })
  await ledger.publish(sent(Paid, { sagaId: newSagaId(), account: 'ann', amount: 1 }))
  await eventually(
    'it is paid',
    () => instance.metric('saga_steps_total', 'step="pay",outcome="succeeded"'),
    paid => paid === 1,
  )
  await eventually(
    'its event has left',
    () => ledger.query('select from saga.outbox'),
    rows => rows.length === 0,
  )
  await sleep(sleepyMs)

  const beganMs = performance.now()
  query.mockClear()
  counts.requests.clear()
  await sleep(6_000)
  for (const [asked] of query.mock.calls as unknown[][])
    count(counts.statements, (asked as { name?: string }).name ?? JSON.stringify(asked))
  const elapsedMs = performance.now() - beganMs
  query.mockRestore()

  for (const [what, everyMs] of [
    ['statements', statements],
    ['requests', requests],
  ] as const) {
    const found = counts[what]
    expect(found.size).toBeGreaterThan(1)
    for (const [name, times] of found)
      expect.soft(times, `${what}: ${name}`).toBeLessThanOrEqual(name in everyMs ? elapsedMs / everyMs[name]! + 1 : 0)
  }
})
