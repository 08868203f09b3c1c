import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CommandResponse } from './commands.ts'
import { CancelOrder, listening, orderOf, PlaceOrder } from './server.fixture.ts'

describe('what the engine gets of a request', () => {
  test('command, fields, key, principal and the hash of the client’s body with sorted keys', async () => {
    const { sendJson, submitted } = await listening()
    const answer = await sendJson(
      'POST',
      '/orders',
      '{ "lines": [{"sku":"a","quantity":1}], "currency":"EUR", "customerId":"c-1" }',
    )
    expect(answer).toMatchObject({ status: 202, body: { orderId: 'o-1', status: 'PENDING' } })
    expect(answer.headers.get('location')).toBe('/orders/o-1')
    expect(submitted).toEqual([
      {
        command: PlaceOrder,
        body: { orderId: 'o-1', ...orderOf() },
        route: 'POST /orders',
        principal: 'anonymous',
        idempotencyKey: 'k-1',
        bodyHash: createHash('sha256')
          .update('{"currency":"EUR","customerId":"c-1","lines":[{"quantity":1,"sku":"a"}]}')
          .digest(),
        traceparent: undefined,
      },
    ])
  })

  test('a path has one spelling, however it was encoded', async () => {
    const { sendJson, submitted } = await listening()
    await sendJson('POST', '/orders/%6f-1/cancel')
    await sendJson('PUT', '/prices/a%2fb', { unitPriceMinor: 1 })
    expect(submitted.map(({ route }) => route)).toEqual(['POST /orders/o-1/cancel', 'PUT /prices/a%2Fb'])
    expect(submitted[0]).toMatchObject({ command: CancelOrder, body: { orderId: 'o-1' } })
  })

  test('no body and an empty one are the same request', async () => {
    const { send, submitted } = await listening()
    for (const body of [undefined, '', {}]) expect((await send('POST', '/orders/o-1/cancel', body)).status).toBe(202)
    expect(new Set(submitted.map(({ bodyHash }) => bodyHash.toString('hex'))).size).toBe(1)
  })

  test('a PUT has no key, even if one is sent: another body later is a new value', async () => {
    const { sendJson, submitted } = await listening()
    expect((await sendJson('PUT', '/prices/a', { unitPriceMinor: 1 }, { 'idempotency-key': 'x' })).status).toBe(200)
    expect(submitted[0]).toMatchObject({ idempotencyKey: undefined, body: { sku: 'a', unitPriceMinor: 1 } })
  })

  test('a valid traceparent only', async () => {
    const { send, submitted } = await listening()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await send('POST', '/orders', orderOf(), { traceparent })
    await send('POST', '/orders', orderOf(), { traceparent: 'nonsense' })
    expect(submitted.map(s => s.traceparent)).toEqual([traceparent, undefined])
  })

  test('the principal that the headers name', async () => {
    const { send, submitted } = await listening({ principalOf: headers => String(headers['x-user']) })
    await send('POST', '/orders', orderOf(), { 'x-user': 'ann' })
    expect(submitted[0]?.principal).toBe('ann')
  })
})

describe('the Idempotency-Key (rule 32)', () => {
  test('is needed by every POST', async () => {
    const { url } = await listening()
    const response = await fetch(`${url}/orders/o-1/cancel`, { method: 'POST' })
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      400,
      'idempotency-key-missing',
    ])
  })
  test.each(['', 'x'.repeat(201), 'two words', 'schlüssel'])('is not %j', async key => {
    const { sendJson, submitted } = await listening()
    expect(await sendJson('POST', '/orders', orderOf(), { 'idempotency-key': key })).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-invalid' },
    })
    expect(submitted).toEqual([])
  })
  test('may be 200 characters', async () => {
    const { send } = await listening()
    expect((await send('POST', '/orders', orderOf(), { 'idempotency-key': '~'.repeat(200) })).status).toBe(202)
  })
})

describe('what the engine answers', () => {
  test.each<[CommandResponse, number, string, string | null]>([
    [
      { status: 'refused', httpStatus: 409, code: 'not-pending', detail: 'order is CONFIRMED' },
      409,
      'not-pending',
      null,
    ],
    [{ status: 'refused', httpStatus: 404, code: 'unknown-order', detail: 'o-1' }, 404, 'unknown-order', null],
    [{ status: 'refused', httpStatus: 422, code: 'no-price', detail: 'a' }, 422, 'no-price', null],
    [{ status: 'key-reused' }, 422, 'idempotency-key-reused', null],
    [{ status: 'saga-busy', retryAfterSeconds: 2.1 }, 503, 'saga-busy', '3'],
    [
      { status: 'unavailable', code: 'outbox-full', detail: 'Kafka is away', retryAfterSeconds: 0 },
      503,
      'outbox-full',
      '1',
    ],
    [{ status: 'failed', code: 'done-already' }, 500, 'done-already', null],
  ])('%j', async (response, status, code, retryAfter) => {
    const { sendJson } = await listening({ submit: async () => response })
    const answer = await sendJson('POST', '/orders', orderOf())
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test('a submit that throws is a 500 that says nothing', async () => {
    const { sendJson, logged } = await listening({ submit: () => Promise.reject(new Error('the inside')) })
    const { status, text, body } = await sendJson('POST', '/orders', orderOf())
    expect([status, body.code]).toEqual([500, 'internal'])
    expect(text).not.toContain('the inside')
    expect(logged.join()).toContain('the inside')
  })
})
