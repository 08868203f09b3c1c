import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryOf } from './arbitrary-body.fixture.ts'
import { jsonSchema } from './check-route.ts'
import { listening, orderBody } from './server.fixture.ts'

const body = arbitraryOf(jsonSchema(orderBody, 'input')) as fc.Arbitrary<Record<string, unknown>>

test('a valid body always reaches submit, as it was sent', async () => {
  const { send, submitted } = await listening()
  await fc.assert(
    fc.asyncProperty(body, async order => {
      submitted.length = 0
      expect((await send('POST', '/orders', order)).status).toBe(202)
      expect(submitted.map(s => s.body)).toEqual([{ orderId: 'o-1', ...order }])
    }),
    { numRuns: 300 },
  )
}, 60_000)

/** Anything at all, and valid bodies with one thing wrong. */
const hostile = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(body, fc.string(), fc.jsonValue())
    .map(([order, name, value]) => JSON.stringify({ ...order, [name]: value })),
  fc
    .tuple(body, fc.constantFrom('customerId', 'currency', 'lines', 'note'), fc.jsonValue())
    .map(([order, name, value]) => JSON.stringify({ ...order, [name]: value })),
  fc
    .tuple(body, fc.nat())
    .map(([order, at]) => JSON.stringify(order).slice(0, at % (JSON.stringify(order).length + 1))),
)

test('no body gives a 500, and only a valid one reaches submit', async () => {
  const { send, submitted, logged } = await listening()
  await fc.assert(
    fc.asyncProperty(hostile, async text => {
      submitted.length = 0
      const { status, headers } = await send('POST', '/orders', text)
      expect([202, 400]).toContain(status)
      expect(submitted.length).toBe(status === 202 ? 1 : 0)
      expect(headers.get('content-type')).toMatch(status === 202 ? /^application\/json/ : /^application\/problem\+json/)
      for (const { body: order } of submitted) {
        const { orderId: _, ...sent } = order as Record<string, unknown>
        expect(orderBody.safeParse(sent).success).toBe(true)
      }
    }),
    { numRuns: 1_000 },
  )
  expect(logged).toEqual([])
}, 60_000)

test('no path, query or header gives a 500', async () => {
  const { url } = await listening()
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).map(encodeURIComponent),
    fc.webPath(),
    fc.constantFrom('%', '%zz', '..', '//', ';', '%00', '%ff'),
  )
  const header = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter(code => code !== 0x7f)
      .map(code => String.fromCharCode(code)),
    maxLength: 300,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      fc.constantFrom('/orders/', '/prices/', '/orders/o-1?wiat=', '/orders?', '/'),
      part,
      header,
      async (method, prefix, rest, key) => {
        const response = await fetch(url + prefix + rest, {
          method,
          headers: { 'idempotency-key': key, traceparent: key },
        })
        await response.text()
        expect(response.status).not.toBe(500)
      },
    ),
    { numRuns: 500 },
  )
}, 60_000)
