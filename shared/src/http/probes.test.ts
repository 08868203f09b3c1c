import type { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createMetrics } from '../runtime/metrics.ts'
import { listening } from './server.fixture.ts'

const failing = () => Promise.reject(new Error('postgres://order:hunter2@db'))

test('/livez touches nothing: it answers while everything else fails', async () => {
  const { sendJson } = await listening({
    readiness: failing,
    db: { query: failing },
    submit: failing,
    registry: {} as Registry,
  })
  expect(await sendJson('GET', '/livez')).toMatchObject({ status: 200, body: { status: 'alive' } })
})

test('/readyz names what is ready', async () => {
  const { sendJson } = await listening({
    readiness: async () => [
      { name: 'database', ok: true },
      { name: 'kafka', ok: true },
    ],
  })
  expect(await sendJson('GET', '/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: ['database', 'kafka'] },
  })
})

test('/readyz is a 503 that names what is not', async () => {
  const { sendJson } = await listening({
    readiness: () => [
      { name: 'database', ok: true },
      { name: 'kafka', ok: false, detail: 'no assignment yet' },
    ],
  })
  expect(await sendJson('GET', '/readyz')).toMatchObject({
    status: 503,
    body: { code: 'not-ready', detail: 'kafka: no assignment yet' },
  })
})

test('a check that throws fails, without its message', async () => {
  const { sendJson } = await listening({ readiness: failing })
  const answer = await sendJson('GET', '/readyz')
  expect(answer).toMatchObject({ status: 503, body: { code: 'not-ready' } })
  expect(answer.text).not.toContain('hunter2')
})

test('a check that hangs fails', { timeout: 10_000 }, async () => {
  const { sendJson } = await listening({ readiness: () => new Promise(() => {}) })
  expect(await sendJson('GET', '/readyz')).toMatchObject({
    status: 503,
    body: { detail: 'readiness: no answer within 2000 ms' },
  })
})

test('/metrics is Prometheus text', async () => {
  const metrics = createMetrics({
    service: 'order',
    steps: [{ step: 'place_order', direction: 'action', withinMs: undefined }],
    ofNode: false,
  })
  const { send } = await listening({ registry: metrics.registry })
  const answer = await send('GET', '/metrics')
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  expect(answer.text).toContain('saga_failed_total{step="place_order",reason="dead",service="order"} 0')
})
