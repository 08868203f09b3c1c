import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { AdminRefusal, createAdmin, Silence } from './admin.ts'

const token = 'a-token-of-sixteen-and-more'

/** A listener that answers as the test says, on a port of its own. */
async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const adminAt = (url: string, timeoutMs = 15_000) =>
  createAdmin({ service: 'pay', url, token, operator: 'ann', timeoutMs })
const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const problem = (status: number, code: string) => json(status, { code, detail: 'so' })

test('each request carries the token and who acts', async () => {
  let headers: IncomingMessage['headers'] = {}
  const url = await listen((request, response) => {
    headers = request.headers
    json(200, { results: [{ id: 'a', sagaId: null, deaths: 1, result: 'done', detail: null }] })(request, response)
  })
  await adminAt(url).replay({ letters: [{ id: 'a', sagaId: null, deaths: 1 }], plan: 'p' })
  expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'saga-operator': 'ann' })
})

test('the token goes to no other address, though the listener names one, and stands in no message', async () => {
  let asked = 0
  const other = await listen((_, response) => {
    asked++
    response.end()
  })
  const url = await listen((_, response) => response.writeHead(307, { location: `${other}/admin/status` }).end())
  const error = await adminAt(url)
    .status()
    .catch(error => error)
  expect(error).toBeInstanceOf(Silence)
  expect(error.message).not.toContain(token)
  expect(asked).toBe(0)
})

test('an answer without an end is given up', async () => {
  const chunk = Buffer.alloc(1024 * 1024, ' ')
  const forever = function* () {
    for (;;) yield chunk
  }
  const url = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    pipeline(Readable.from(forever()), response, () => {})
  })
  await expect(adminAt(url, 120_000).status()).rejects.toThrow(/answers more than 67108864 bytes/)
})

test('pages are read to the last', async () => {
  const letter = (id: string) => ({
    ...{ id, sagaId: null, deaths: 1, service: 'pay', step: null, direction: null, messageType: null },
    ...{ errorCode: 'undecodable', errorMessage: 'no', attempts: 1, parkedBehind: 0, needsForce: null },
    ...{ firstFailedAt: '2025-01-31T10:00:00.000Z', diedAt: '2025-01-31T10:00:00.000Z' },
  })
  const seen: string[] = []
  const url = await listen((request, response) => {
    seen.push(request.url!)
    const isFirst = !request.url!.includes('after=')
    json(200, { letters: [letter(isFirst ? 'a' : 'b')], next: isFirst ? 'c u' : null })(request, response)
  })
  const ids: string[] = []
  for await (const { id } of adminAt(url).letters({ step: 'pay', since: new Date(0) })) ids.push(id)
  expect(ids).toEqual(['a', 'b'])
  expect(seen).toEqual([
    '/admin/letters?step=pay&since=1970-01-01T00%3A00%3A00.000Z&limit=500',
    '/admin/letters?step=pay&since=1970-01-01T00%3A00%3A00.000Z&after=c+u&limit=500',
  ])
})

test('a token that is withheld is not sent, and the refusal says why', async () => {
  const seen: (string | undefined)[] = []
  const url = await listen((request, response) => {
    seen.push(request.headers.authorization)
    problem(401, 'unauthorized')(request, response)
  })
  const ask = (withheld?: string) =>
    createAdmin({ service: 'pay', url, token: 'secret', operator: 'ann', withheld }).status()
  await expect(ask('it is not sent')).rejects.toThrow(/\): it is not sent$/)
  await expect(ask()).rejects.toThrow(/set ADMIN_TOKEN/)
  expect(seen).toEqual([undefined, 'Bearer secret'])
})

test('what is not there is told from a path that is not there', async () => {
  expect(await adminAt(await listen(problem(404, 'not-found'))).saga('s1')).toBeUndefined()
  await expect(adminAt(await listen(problem(404, 'no-route'))).saga('s1')).rejects.toThrow(/is this its admin listener/)
  await expect(adminAt(await listen((_, response) => response.writeHead(404).end('?'))).saga('s1')).rejects.toThrow(
    /has no such path/,
  )
})

test.each<[string, () => Promise<string>, typeof Silence | typeof AdminRefusal, RegExp]>([
  ['503', () => listen(problem(503, 'database-unavailable')), Silence, /cannot answer now .*database-unavailable: so/],
  [
    '401',
    () => listen(problem(401, 'unauthorized')),
    AdminRefusal,
    /refuses us .*: set ADMIN_TOKEN to the service's own/,
  ],
  ['500', () => listen(problem(500, 'internal')), AdminRefusal, /refuses at .*internal: so/],
  [
    'another version',
    () => listen(json(200, { now: 1 })),
    AdminRefusal,
    /otherwise than .* expects \(service: .*use the saga of/,
  ],
  ['nobody', async () => 'http://127.0.0.1:1', Silence, /does not answer at http:\/\/127\.0\.0\.1:1: /],
  ['one that hangs', () => listen(() => {}), Silence, /nothing within 200 ms/],
  [
    'one that is cut',
    () => listen((_, response) => response.writeHead(200).write('{') && response.destroy()),
    Silence,
    /does not/,
  ],
])('%s: told in one line', async (who, start, kind, line) => {
  const error = await adminAt(await start(), who === 'one that hangs' ? 200 : undefined)
    .status()
    .catch(error => error)
  expect(error).toBeInstanceOf(kind)
  expect(error.message).toMatch(line)
  expect(error.message).not.toContain('\n')
})

test('a letter that cannot be tried is told so, and why', async () => {
  const ref = { id: 'a', sagaId: 's1', deaths: 1 }
  expect(await adminAt(await listen(problem(404, 'not-found'))).dryRun(ref)).toEqual({
    cannot: 'it does not stand dead there',
  })
  expect(await adminAt(await listen(problem(409, 'letter-changed'))).dryRun(ref)).toEqual({
    cannot: expect.stringContaining('letter-changed: so'),
  })
})
