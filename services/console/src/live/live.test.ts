import { once } from 'node:events'
import { connect } from 'node:net'
import { createLog, type HttpServer } from 'saga-kit/parts'
import { afterEach, expect, test, vi } from 'vitest'
import { serve } from '../http/serve.ts'
import { createConsoleMetrics } from '../metrics.ts'
import { createLive, type Live, type LiveOptions } from './live.ts'

let server: HttpServer
let live: Live
/** How many were told to listen, one after the other. */
let counted: number[]
/** The session of who asks; without one it is his address that counts. */
let who: { readonly id: string } | undefined
afterEach(async () => {
  who = undefined
  live.stop()
  await server.close(1_000)
})

async function start(limits: LiveOptions['limits'] = {}) {
  const told: number[] = []
  counted = told
  live = createLive({
    listening: pages => told.push(pages),
    planOf: async planId => (planId === 'p' ? ({ planId } as never) : undefined),
    limits: { everyMs: 20, ...limits },
  })
  server = await serve({
    ...{
      port: 0,
      host: '127.0.0.1',
      routes: [live.route],
      isOpen: () => true,
      readiness: async () => [],
      guard: request => {
        request.session = (who ?? null) as never
      },
    },
    ...{ registry: createConsoleMetrics({ ofNode: false }).registry, dist: new URL('file:///nowhere/') },
    log: createLog({ service: 'console', level: 'silent' }),
  })
}

/** What a page hears, as the text of the stream. */
async function listen() {
  const closing = new AbortController()
  const response = await fetch(`http://127.0.0.1:${server.port}/api/live`, { signal: closing.signal })
  let heard = ''
  const ended = (async () => {
    for await (const chunk of response.body!) heard += Buffer.from(chunk).toString()
  })().catch(() => {})
  return { response, heard: () => heard, ended, close: () => closing.abort() }
}

test('changes are told as server-sent events, those of one moment together', async () => {
  await start()
  const page = await listen()
  expect(page.response.headers.get('content-type')).toBe('text/event-stream')
  live.changed({ kind: 'sagas', sagaIds: ['a'], more: false })
  live.changed({ kind: 'sagas', sagaIds: ['b'], more: false })
  live.changed({ kind: 'plan', planId: 'p' })
  live.changed({ kind: 'plan', planId: 'no more there' })
  await vi.waitFor(() => expect(page.heard()).toContain('sagas'))
  expect(page.heard()).toContain(
    'data: {"kind":"plan","plan":{"planId":"p"}}\n\ndata: {"kind":"sagas","sagaIds":["a","b"],"more":false}\n\n',
  )
  expect(page.heard().match(/data:/g)).toHaveLength(2)
})

test('a page that is gone is forgotten, and one that is too many is told to come back', async () => {
  await start({ mostListeners: 1 })
  const first = await listen()
  const second = await fetch(`http://127.0.0.1:${server.port}/api/live`)
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '30'])
  first.close()
  await vi.waitFor(() => expect(live.listeners).toBe(0))
  await listen()
  expect(live.listeners).toBe(1)
  expect(counted).toEqual([1, 0, 1])
})

test('nobody takes all places: so many pages of one are enough', async () => {
  await start({ mostOfOne: 2 })
  const [first] = [await listen(), await listen()]
  const third = await fetch(`http://127.0.0.1:${server.port}/api/live`)
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '30'])
  expect(await third.json()).toMatchObject({ code: 'too-many-pages' })
  // Of another session it is another one.
  who = { id: 'another' }
  expect((await listen()).response.status).toBe(200)
  who = undefined
  first?.close()
  await vi.waitFor(() => expect(live.listeners).toBe(2))
  expect((await listen()).response.status).toBe(200)
})

test('heartbeats come, and after a while the page has to ask anew', async () => {
  await start({ heartbeatMs: 20, longestMs: 200 })
  const page = await listen()
  await page.ended
  expect(page.heard()).toContain(': still here\n\n')
})

test('a page that does not take what it is told is let go, and does not hold up the others', async () => {
  await start({ everyMs: 1, mostBehind: 1024 * 1024 })
  const slow = connect(server.port, '127.0.0.1')
  await once(slow, 'connect')
  slow.write('GET /api/live HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(slow, 'data')
  slow.pause()
  const quick = await listen()
  expect(live.listeners).toBe(2)
  const sagaIds = Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(500)}`)
  await vi.waitFor(
    () => {
      live.changed({ kind: 'sagas', sagaIds, more: false })
      expect(live.listeners).toBe(1)
    },
    { timeout: 30_000, interval: 5 },
  )
  live.changed({ kind: 'health' })
  await vi.waitFor(() => expect(quick.heard()).toContain('"health"'))
  slow.destroy()
})

test('a page that takes nothing keeps its place no longer than its time', async () => {
  await start({ everyMs: 1, heartbeatMs: 20, longestMs: 500, mostBehind: Number.POSITIVE_INFINITY })
  const stalled = connect(server.port, '127.0.0.1')
  await once(stalled, 'connect')
  stalled.write('GET /api/live HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(stalled, 'data')
  stalled.pause()
  expect(live.listeners).toBe(1)
  const sagaIds = Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(50_000)}`)
  live.changed({ kind: 'sagas', sagaIds, more: false })
  await vi.waitFor(() => expect(live.listeners).toBe(0), { timeout: 30_000, interval: 20 })
  stalled.destroy()
})

test('the end of the console ends the stream', async () => {
  await start()
  const page = await listen()
  live.stop()
  await page.ended
})
