import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createLog, type HttpServer, ownProblem } from 'saga-kit/parts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createConsoleMetrics } from '../metrics.ts'
import { get, post, type Route } from './route.ts'
import { serve } from './serve.ts'

let folder: string
let server: HttpServer
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'))
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const sagas = get({
  path: '/api/sagas/:sagaId',
  params: z.object({ sagaId: z.string() }),
  query: z.object({ limit: z.coerce.number().int().default(10) }),
  answer: z.object({ sagaId: z.string(), limit: z.number() }),
  read: async ({ params: { sagaId }, query }) =>
    sagaId === 'none' ? undefined : { sagaId, limit: query.limit, secret: 'never leaves' },
})
const discards = post({
  path: '/api/discards',
  body: z.strictObject({ id: z.string() }),
  answer: z.object({ id: z.string() }),
  run: async ({ body }) => body,
})

async function start({ isOpen = true, isBuilt = true, more = [] as Route[] } = {}) {
  if (isBuilt) writeFileSync(join(folder, 'index.html'), '<title>Sagas</title>')
  server = await serve({
    ...{
      port: 0,
      host: '127.0.0.1',
      routes: [sagas, discards, ...more],
      isOpen: () => isOpen,
      readiness: async () => [],
    },
    guard(request, right) {
      if (request.headers.may !== 'act' && right === 'act') throw ownProblem(403, 'Forbidden', 'right-missing', 'no')
    },
    ...{ registry: createConsoleMetrics({ ofNode: false }).registry, dist: pathToFileURL(`${folder}/`) },
    log: createLog({ service: 'console', level: 'silent' }),
  })
  return async (path: string, o: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, o)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
}

test('answers what the route says, and nothing that its answer does not name', async () => {
  const ask = await start()
  expect(await ask('/api/sagas/s-1?limit=3')).toEqual({ status: 200, body: { sagaId: 's-1', limit: 3 } })
  expect(await ask('/api/sagas/none')).toMatchObject({ status: 404, body: { code: 'not-found' } })
  expect(await ask('/api/sagas/s-1?limt=3')).toMatchObject({ status: 400, body: { code: 'parameter-invalid' } })
  expect(await ask('/api/nothing')).toMatchObject({ status: 404, body: { code: 'no-route' } })
  expect(await ask('/api/sagas/s-1', { method: 'DELETE' })).toMatchObject({ status: 405 })
})

test("asks for the route's right before it reads a body", async () => {
  const ask = await start()
  const body = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
  expect(await ask('/api/discards', body)).toMatchObject({ status: 403, body: { code: 'right-missing' } })
  const allowed = { ...body, headers: { ...body.headers, may: 'act' } }
  expect(await ask('/api/discards', allowed)).toMatchObject({ status: 400, body: { code: 'body-not-json' } })
  expect(await ask('/api/discards', { ...allowed, body: '{"id":"1"}' })).toEqual({ status: 200, body: { id: '1' } })
})

test('a route that declares no right does not start, and none is served beside the guard', async () => {
  const ask = await start()
  const { right: _, ...undeclared } = get({ path: '/api/all', answer: z.object({}), read: async () => ({}) })
  const routes = { more: [undeclared as Route] }
  await expect(start(routes)).rejects.toThrow('the route /api/all declares no right')
  expect(await ask('/api/all')).toMatchObject({ status: 404 })
})

test('every path that is no file and not the API is the one page', async () => {
  const ask = await start()
  for (const path of ['/', '/sagas/0192aaaa', '/letters?step=x'])
    expect(await ask(path)).toEqual({ status: 200, body: '<title>Sagas</title>' })
  expect(await ask('/assets/old.js')).toMatchObject({ status: 404 })
  expect(await ask('/livez')).toEqual({ status: 200, body: { status: 'alive' } })
})

test('without pages it names the command that builds them', async () => {
  const ask = await start({ isBuilt: false })
  expect(await ask('/')).toMatchObject({
    status: 503,
    body: expect.stringContaining('npm run build -w services/console'),
  })
  expect(await ask('/api/sagas/s-1')).toMatchObject({ status: 200 })
})

test('the API waits for the tables; the probes do not', async () => {
  const ask = await start({ isOpen: false })
  expect(await ask('/api/sagas/s-1')).toMatchObject({ status: 503, body: { code: 'starting' } })
  expect(await ask('/livez')).toMatchObject({ status: 200 })
})
