import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { arbitraryOf } from './arbitrary-body.fixture.ts'
import { batchRoute } from './batch-routes.ts'
import { jsonSchema } from './check-route.ts'
import type { CommandRequest, CommandResponse } from './commands.ts'
import { commandRoute } from './routes.ts'
import { accepted, exampleRoutes, listening, orderBody, orderOf, PlaceOrder } from './server.fixture.ts'

const keyed = (idempotencyKey: string, more: object = {}) => ({ idempotencyKey, ...orderOf(more) })
const path = '/orders/batch'

describe('what the engine gets of a batch', () => {
  test('each request as if it had come by itself, all in one turn of the event loop', async () => {
    const turns: number[] = []
    let turn = 0
    const received: CommandRequest[] = []
    const submit = async (request: CommandRequest) => {
      turns.push(turn)
      setImmediate(() => {
        turn++
      })
      received.push(request)
      return accepted
    }
    const { sendJson, send } = await listening({ submit })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const answer = await sendJson('POST', path, { orders: [keyed('a'), keyed('b', { note: 'x' })] }, { traceparent })
    expect(answer).toMatchObject({ status: 200, body: { results: [accepted, accepted].map(resultOf) } })
    expect(turns).toEqual([0, 0])

    const batched = received.splice(0)
    await send('POST', '/orders', orderOf(), { traceparent, 'idempotency-key': 'a' })
    await send('POST', '/orders', orderOf({ note: 'x' }), { traceparent, 'idempotency-key': 'b' })
    expect(batched).toEqual(received)
  })

  test('needs no key of its own', async () => {
    const { url } = await listening()
    const body = JSON.stringify({ orders: [keyed('a')] })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(url + path, { method: 'POST', body, headers })).status).toBe(200)
  })
})

const resultOf = (response: CommandResponse) =>
  response.status === 'accepted' ? { status: 202, body: response.answer } : undefined

describe('each has its own answer, in its place', () => {
  const responses: Record<string, CommandResponse> = {
    fine: accepted,
    refused: { status: 'refused', httpStatus: 422, code: 'no-price', detail: 'a has no price' },
    reused: { status: 'key-reused' },
    busy: { status: 'saga-busy', retryAfterSeconds: 1.5 },
    away: { status: 'unavailable', code: 'database-unavailable', detail: 'it does not answer', retryAfterSeconds: 1 },
    failed: { status: 'failed', code: 'order-exists' },
  }
  const submit = async ({ idempotencyKey }: CommandRequest) => responses[idempotencyKey!]!

  test('whatever happens to its neighbours', async () => {
    const { sendJson } = await listening({ submit })
    const orders = [
      ...Object.keys(responses).map(key => keyed(key)),
      keyed('fine', { lines: [] }),
      keyed('fine', { surprise: 1 }),
      keyed('fine', { customerId: 'a\0b' }),
      orderOf(),
      keyed('two words'),
      { ...orderOf(), idempotencyKey: 7 },
      keyed('fine'),
    ]
    const { status, body } = await sendJson('POST', path, { orders })
    expect(status).toBe(200)
    expect(body.results).toMatchObject([
      { status: 202, body: { orderId: 'o-1', status: 'PENDING' } },
      { status: 422, body: { code: 'no-price', detail: 'a has no price' } },
      { status: 422, body: { code: 'idempotency-key-reused' } },
      { status: 503, body: { code: 'saga-busy' }, retryAfterSeconds: 2 },
      { status: 503, body: { code: 'database-unavailable' }, retryAfterSeconds: 1 },
      { status: 500, body: { code: 'order-exists' } },
      { status: 400, body: { code: 'body-invalid', errors: [{ pointer: '#/lines' }] } },
      { status: 400, body: { code: 'body-invalid' } },
      { status: 400, body: { code: 'body-invalid', errors: [{ pointer: '#/customerId' }] } },
      { status: 400, body: { code: 'idempotency-key-missing' } },
      { status: 400, body: { code: 'idempotency-key-invalid' } },
      { status: 400, body: { code: 'idempotency-key-invalid' } },
      { status: 202, body: { orderId: 'o-1', status: 'PENDING' } },
    ])
  })

  test('one that is wrong is not submitted', async () => {
    const { send, submitted } = await listening()
    await send('POST', path, { orders: [keyed('a', { lines: [] }), keyed('b')] })
    expect(submitted.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['b'])
  })
})

describe('the whole is refused', () => {
  const overloaded: CommandResponse = { status: 'unavailable', code: 'overloaded', detail: 'x', retryAfterSeconds: 1 }

  test('with 503 when nobody got in', async () => {
    const { sendJson } = await listening({ submit: async () => overloaded })
    const answer = await sendJson('POST', path, { orders: [keyed('a'), keyed('b', { lines: [] }), keyed('c')] })
    expect(answer).toMatchObject({ status: 503, body: { code: 'overloaded' } })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('not when only some did', async () => {
    let room = 1
    const { sendJson } = await listening({ submit: async () => (room-- > 0 ? accepted : overloaded) })
    const { status, body } = await sendJson('POST', path, { orders: [keyed('a'), keyed('b')] })
    expect(status).toBe(200)
    expect(body.results.map((result: { status: number }) => result.status)).toEqual([202, 503])
  })

  test('with 500 when the engine throws, and says nothing of it', async () => {
    const { sendJson, logged } = await listening({ submit: () => Promise.reject(new Error('the inside')) })
    const { status, text } = await sendJson('POST', path, { orders: [keyed('a'), keyed('b')] })
    expect(status).toBe(500)
    expect(text).not.toContain('the inside')
    expect(logged.join()).toContain('the inside')
  })

  test.each([
    ['none', { orders: [] }],
    ['101', { orders: Array.from({ length: 101 }, (_, i) => keyed(`${i}`)) }],
    ['no list', { orders: keyed('a') }],
    ['what is no request', { orders: [keyed('a'), 'b'] }],
    ['null', { orders: [null] }],
    ['nothing', {}],
    ['another field', { orders: [keyed('a')], currency: 'EUR' }],
  ])('with 400 for %s', async (_, given) => {
    const { sendJson, submitted } = await listening()
    expect(await sendJson('POST', path, given)).toMatchObject({ status: 400, body: { code: 'body-invalid' } })
    expect(submitted).toEqual([])
  })

  test('with 413 beyond the limit of a body', async () => {
    const { sendJson } = await listening()
    const orders = Array.from({ length: 100 }, (_, i) => keyed(`${i}`, { note: 'x'.repeat(3_000) }))
    expect(await sendJson('POST', path, { orders })).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
  })
})

test('a valid request always reaches submit as it was sent, an invalid one never and alone', async () => {
  const { sendJson, submitted } = await listening()
  const order = arbitraryOf(jsonSchema(orderBody, 'input')) as fc.Arbitrary<Record<string, unknown>>
  const spoilt = fc.tuple(order, fc.constantFrom('customerId', 'currency', 'lines'), fc.jsonValue())
  const any = fc.oneof(
    order,
    spoilt.map(([valid, name, value]) => ({ ...valid, [name]: value })),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 8 }), async given => {
      submitted.length = 0
      const sent: unknown[] = JSON.parse(JSON.stringify(given))
      const orders = given.map((each, i) => ({ idempotencyKey: `k${i}`, ...each }))
      const { status, body } = await sendJson('POST', path, { orders })
      expect(status).toBe(200)
      const valid = sent.flatMap((each, i) => (orderBody.safeParse(each).success ? [i] : []))
      expect(submitted.map(({ idempotencyKey, body }) => [idempotencyKey, body])).toEqual(
        valid.map(i => [`k${i}`, { orderId: 'o-1', ...(sent[i] as object) }]),
      )
      expect(body.results.map((result: { status: number }) => result.status)).toEqual(
        sent.map((_, i) => (valid.includes(i) ? 202 : 400)),
      )
    }),
    { numRuns: 200 },
  )
}, 60_000)

describe('a wrong batch stops the start and is named', () => {
  const [, , cancel] = exampleRoutes
  const base = { method: 'POST', status: 202, command: PlaceOrder } as const
  const keyInBody = commandRoute({
    ...{ ...base, path: '/keyed', body: orderBody.safeExtend({ idempotencyKey: z.string() }) },
    toCommand: ({ body }) => ({ orderId: 'o-1', ...body }),
  })
  const union = commandRoute({
    ...{ ...base, path: '/union', body: z.union([orderBody, orderBody]) },
    toCommand: ({ body }) => ({ orderId: 'o-1', ...body }),
  })
  test.each([
    ['ids in its path and no body', cancel],
    ['a key in its body', keyInBody],
    ['a body that is no object', union],
  ])('of a route with %s', (_, of) => {
    expect(() => batchRoute({ path: '/batch', of, field: 'all', most: 2 })).toThrow(
      expect.objectContaining({ code: 'route-batch' }),
    )
  })
})
