import { createConnection } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { StartError } from '../errors.ts'
import { createLog } from '../runtime/logs.ts'
import { queryRoute } from './routes.ts'
import { exampleRoutes, listening, orderOf, placeOrder } from './server.fixture.ts'
import { startHttp } from './server.ts'

describe('what cannot be served is a problem with a stable code', () => {
  test.each([
    ['GET', '/nowhere', undefined, {}, 404, 'no-route'],
    ['POST', '/nowhere', 'x', { 'content-type': 'text/plain' }, 404, 'no-route'],
    ['DELETE', '/orders', 'x', { 'content-type': 'text/plain' }, 405, 'method-not-allowed'],
    ['GET', '/orders', undefined, {}, 405, 'method-not-allowed'],
    ['POST', '/livez', undefined, {}, 405, 'method-not-allowed'],
    ['POST', '/orders', '<x/>', { 'content-type': 'application/xml' }, 415, 'content-type-unsupported'],
    ['POST', '/orders', '{}', { 'content-encoding': 'gzip' }, 415, 'content-type-unsupported'],
    ['POST', '/orders', JSON.stringify(orderOf({ note: 'x'.repeat(256 * 1024) })), {}, 413, 'body-too-large'],
    ['POST', '/orders', '', {}, 400, 'body-missing'],
    ['POST', '/orders', '{"a":\n 1,,}', {}, 400, 'body-not-json'],
    ['POST', '/orders', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'body-not-json'],
    ['POST', '/orders', 'null', {}, 400, 'body-invalid'],
    ['POST', '/orders', '[]', {}, 400, 'body-invalid'],
    ['POST', '/orders', orderOf({ surprise: 1 }), {}, 400, 'body-invalid'],
    ['POST', '/orders', orderOf({ lines: [{ sku: 'a', quantity: 1, price: 0 }] }), {}, 400, 'body-invalid'],
    ['POST', '/orders', orderOf({ customerId: 'a\0b' }), {}, 400, 'body-invalid'],
    ['POST', '/orders', '{"__proto__":{"customerId":"c"}}', {}, 400, 'body-invalid'],
    ['POST', '/orders', '['.repeat(100_000), {}, 400, 'body-not-json'],
    ['POST', '/orders', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, {}, 400, 'body-invalid'],
    ['POST', '/orders/o-1/cancel', { reason: 'x' }, {}, 400, 'body-invalid'],
    ['POST', '/orders/UPPER/cancel', undefined, {}, 400, 'parameter-invalid'],
    ['PUT', '/prices/a%00b', { unitPriceMinor: 1 }, {}, 400, 'parameter-invalid'],
    ['GET', '/orders/o-1?wait=soon', undefined, {}, 400, 'parameter-invalid'],
    ['GET', '/orders/o-1?wiat=1', undefined, {}, 400, 'parameter-invalid'],
    ['GET', '/orders/o-1?wait=1&wait=2', undefined, {}, 400, 'parameter-invalid'],
    ['GET', '/orders/%zz', undefined, {}, 400, 'bad-request'],
    ['GET', `/orders/${'x'.repeat(400)}`, undefined, {}, 414, 'path-too-long'],
  ])('%s %s (%s) %j -> %i %s', async (method, path, body, headers, status, code) => {
    const { sendJson, submitted, logged } = await listening()
    const answer = await sendJson(method, path, body, headers as Record<string, string>)
    expect(answer.body).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      type: `urn:saga-kit:problem:${code}`,
      instance: expect.stringMatching(/^urn:uuid:/),
    })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(submitted).toEqual([])
    expect(logged).toEqual([])
  })

  test('405 names what is allowed', async () => {
    const { send } = await listening()
    expect((await send('PATCH', '/prices/a')).headers.get('allow')).toBe('PUT')
    expect((await send('POST', '/orders/o-1', {})).headers.get('allow')).toBe('GET, HEAD')
  })

  test('a wrong body says where, wrong JSON too', async () => {
    const { sendJson } = await listening()
    const { body } = await sendJson(
      'POST',
      '/orders',
      orderOf({
        lines: [
          { sku: 'a', quantity: 0 },
          { sku: 'b/c', quantity: '1' },
        ],
      }),
    )
    expect(body.errors).toMatchObject([{ pointer: '#/lines/0/quantity' }, { pointer: '#/lines/1/quantity' }])
    expect(body.detail).toContain('#/lines/0/quantity: ')
    expect((await sendJson('POST', '/orders', '{"a":\n 1,,}')).body.detail).toBe(
      'the JSON cannot be read at line 2, column 4',
    )
    expect((await sendJson('POST', '/orders', '{"a":')).body.detail).toBe('the JSON ends too early')
    expect((await sendJson('GET', '/orders/o-1?wait=soon')).body.errors).toMatchObject([{ parameter: 'wait' }])
  })

  test('what is not HTTP at all', async () => {
    const { server } = await listening()
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = createConnection(server.port, '127.0.0.1', () => socket.write('HELLO\r\n\r\n'))
      socket
        .on('data', data => (text += data))
        .on('end', () => resolve(text))
        .on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'bad-request', status: 400 })
  })
})

describe('queries', () => {
  test('give what the response names and nothing else; HEAD too', async () => {
    const { sendJson, send } = await listening()
    expect((await sendJson('GET', '/orders/o-1')).body).toEqual({ orderId: 'o-1', waited: 0 })
    expect(await send('HEAD', '/orders/o-1')).toMatchObject({ status: 200, text: '' })
  })

  test('undefined is a 404', async () => {
    const { sendJson } = await listening({ db: { query: async () => ({ rows: [] }) } })
    expect(await sendJson('GET', '/orders/o-2')).toMatchObject({
      status: 404,
      body: { code: 'not-found', detail: expect.stringContaining('/orders/o-2') },
    })
  })

  test('a failing read is a 500 that says nothing, and a log line with its instance', async () => {
    const { sendJson, logged } = await listening({
      db: { query: () => Promise.reject(new Error('column "secret_column" is missing')) },
    })
    const { status, text, body } = await sendJson('GET', '/orders/o-1')
    expect(status).toBe(500)
    expect(text).not.toContain('secret_column')
    expect(logged.join()).toContain('secret_column')
    expect(JSON.parse(logged[0]!)).toMatchObject({
      level: 'error',
      request_id: body.instance.replace('urn:uuid:', ''),
      route: 'GET /orders/:orderId',
    })
  })

  test('a database that is away is a 503 with Retry-After', async () => {
    const { sendJson } = await listening({
      db: { query: () => Promise.reject(new Error('away')) },
      isUnavailable: error => (error as Error).message === 'away',
    })
    const answer = await sendJson('GET', '/orders/o-1')
    expect(answer).toMatchObject({ status: 503, body: { code: 'database-unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('beyond so many at once they are turned away, until one of them is answered', async () => {
    const begun: PromiseWithResolvers<void>[] = []
    const waiting = queryRoute({
      ...{ method: 'GET', path: '/wait', response: z.object({}) },
      async read() {
        const answered = Promise.withResolvers<void>()
        begun.push(answered)
        await answered.promise
        return {}
      },
    })
    const turnedAway: string[] = []
    const { send, sendJson } = await listening({
      ...{ routes: [waiting, placeOrder], mostReads: 2 },
      turnedAway: cause => turnedAway.push(cause),
    })
    const [first, second] = [send('GET', '/wait'), send('GET', '/wait')]
    await vi.waitFor(() => expect(begun).toHaveLength(2))
    const third = await sendJson('GET', '/wait')
    expect(third).toMatchObject({ status: 503, body: { code: 'overloaded' } })
    expect(third.headers.get('retry-after')).toBe('1')
    expect(turnedAway).toEqual(['overloaded'])
    // Commands have nothing to do with it.
    expect((await send('POST', '/orders', orderOf())).status).toBe(202)

    begun[0]!.resolve()
    expect((await first).status).toBe(200)
    const fourth = send('GET', '/wait')
    await vi.waitFor(() => expect(begun).toHaveLength(3))
    for (const answered of begun) answered.resolve()
    expect([(await second).status, (await fourth).status]).toEqual([200, 200])
  })

  test('the signal is aborted when the client hangs up, and not before', { timeout: 5_000 }, async () => {
    const [begun, aborted] = [Promise.withResolvers<AbortSignal>(), Promise.withResolvers<void>()]
    const waiting = queryRoute({
      method: 'GET',
      path: '/wait',
      response: z.object({}),
      async read({ signal }) {
        signal.addEventListener('abort', () => aborted.resolve())
        begun.resolve(signal)
        await aborted.promise
        return {}
      },
    })
    const { url } = await listening({ routes: [waiting] })
    const client = new AbortController()
    const request = fetch(`${url}/wait`, { signal: client.signal }).catch((error: Error) => error.name)
    const signal = await begun.promise
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(signal.aborted).toBe(false)
    client.abort()
    expect(await request).toBe('AbortError')
    await aborted.promise
  })
})

test('a port in use stops the start with one line', async () => {
  const { server } = await listening()
  const second = startHttp({
    service: 'order',
    routes: exampleRoutes,
    submit: () => Promise.reject(new Error()),
    db: { query: () => Promise.reject(new Error()) },
    readiness: () => [],
    registry: {} as never,
    log: createLog({ service: 'order', level: 'silent' }),
    port: server.port,
    host: '127.0.0.1',
  })
  await expect(second).rejects.toThrow(StartError)
  await expect(second).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining(`PORT=${server.port} is in use`),
  })
})
