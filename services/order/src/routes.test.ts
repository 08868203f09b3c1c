import { describe, expect, test } from 'vitest'
import { orderId } from './examples.ts'
import { routes } from './routes.ts'

const routeOf = (name: string) => routes.find(({ method, path }) => `${method} ${path}` === name)!
const takes = (name: string, part: 'body' | 'params' | 'query', given: unknown) => {
  const schema = (routeOf(name) as unknown as Record<string, { safeParse(v: unknown): { success: boolean } }>)[part]!
  return schema.safeParse(given).success
}
const lamps = { sku: 'lamp', quantity: 1 }
const order = { customerId: 'ada', currency: 'EUR', lines: [lamps] }

describe('POST /orders', () => {
  const takesOrder = (changes: object) => takes('POST /orders', 'body', { ...order, ...changes })

  test.each([
    { why: 'one line', changes: {} },
    {
      why: 'a hundred',
      changes: { lines: Array.from({ length: 100 }, (_, i) => ({ sku: `s${i}`, quantity: 1_000_000 })) },
    },
    { why: 'all characters of a name', changes: { customerId: 'A1._-z', lines: [{ sku: 'A1._-z', quantity: 1 }] } },
  ])('takes $why', ({ changes }) => expect(takesOrder(changes)).toBe(true))

  test.each([
    { why: 'no lines', changes: { lines: [] } },
    { why: '101 lines', changes: { lines: Array.from({ length: 101 }, (_, i) => ({ sku: `s${i}`, quantity: 1 })) } },
    { why: 'a sku twice', changes: { lines: [lamps, { ...lamps, quantity: 2 }] } },
    { why: 'nothing of a sku', changes: { lines: [{ ...lamps, quantity: 0 }] } },
    { why: 'less than nothing', changes: { lines: [{ ...lamps, quantity: -1 }] } },
    { why: 'half of a piece', changes: { lines: [{ ...lamps, quantity: 0.5 }] } },
    { why: 'more than a million', changes: { lines: [{ ...lamps, quantity: 1_000_001 }] } },
    { why: 'a quantity in words', changes: { lines: [{ ...lamps, quantity: '1' }] } },
    { why: 'a price of the client', changes: { lines: [{ ...lamps, unitPriceMinor: 1 }] } },
    { why: 'an id of the client', changes: { orderId } },
    { why: 'a sku with a slash', changes: { lines: [{ ...lamps, sku: 'a/b' }] } },
    { why: 'a sku of 65 characters', changes: { lines: [{ ...lamps, sku: 'a'.repeat(65) }] } },
    { why: 'an empty customer', changes: { customerId: '' } },
    { why: 'no customer', changes: { customerId: undefined } },
    { why: 'a currency in small letters', changes: { currency: 'eur' } },
    { why: 'a currency by its sign', changes: { currency: '€' } },
  ])('refuses $why', ({ changes }) => expect(takesOrder(changes)).toBe(false))

  test('draws a new id for each request, and says where the order is', () => {
    const route = routeOf('POST /orders')
    if (route.kind !== 'command') throw new Error('not a command')
    const [one, other] = [1, 2].map(() => route.toCommand({ params: {}, body: order }) as { orderId: string })
    expect(one).toEqual({ ...order, orderId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) })
    expect(one!.orderId).not.toBe(other!.orderId)
    expect(route.location!({ orderId: '7', status: 'PENDING' })).toBe('/orders/7')
  })
})

test('POST /orders/batch takes up to 100 such orders, each with its key', () => {
  const all = (count: number) => ({
    orders: Array.from({ length: count }, (_, i) => ({ idempotencyKey: `${i}`, ...order })),
  })
  for (const count of [1, 100]) expect(takes('POST /orders/batch', 'body', all(count))).toBe(true)
  for (const count of [0, 101]) expect(takes('POST /orders/batch', 'body', all(count))).toBe(false)
  expect(takes('POST /orders/batch', 'body', { orders: [order] })).toBe(false)
})

describe('an order’s id', () => {
  test('is a UUIDv7, in one spelling', () => {
    expect(routeOf('GET /orders/:orderId').params.parse({ orderId: orderId.toUpperCase() })).toEqual({ orderId })
    for (const wrong of ['7', '', orderId.replace('-7000-', '-4000-')])
      expect(takes('GET /orders/:orderId', 'params', { orderId: wrong })).toBe(false)
  })
})

describe('GET /orders/:orderId', () => {
  test.each(['0', '30'])('waits %s seconds', wait =>
    expect(takes('GET /orders/:orderId', 'query', { wait })).toBe(true),
  )
  test.each(['-1', '31', 'long', '1.5'])('does not wait %s seconds', wait =>
    expect(takes('GET /orders/:orderId', 'query', { wait })).toBe(false),
  )
})

describe('GET /orders', () => {
  test.each([{}, { customerId: 'ada' }, { limit: '100', after: orderId }])('takes %j', query =>
    expect(takes('GET /orders', 'query', query)).toBe(true),
  )
  test.each([{ limit: '0' }, { limit: '101' }, { after: 'x' }, { page: '2' }])('refuses %j', query =>
    expect(takes('GET /orders', 'query', query)).toBe(false),
  )
})

describe('POST /orders/:orderId/refund', () => {
  const name = 'POST /orders/:orderId/refund'
  test('has a reason even without a body', () => {
    const route = routeOf(name)
    if (route.kind !== 'command') throw new Error('not a command')
    const body = route.body!.parse({})
    expect(route.toCommand({ params: { orderId }, body })).toEqual({ orderId, reason: 'requested by the customer' })
  })
  test('takes a short one', () => expect(takes(name, 'body', { reason: 'broken' })).toBe(true))
  test('refuses an empty and a long one', () => {
    expect(takes(name, 'body', { reason: '' })).toBe(false)
    expect(takes(name, 'body', { reason: 'x'.repeat(201) })).toBe(false)
  })
})

describe('PUT /prices/:sku', () => {
  const name = 'PUT /prices/:sku'
  const price = { unitPriceMinor: 1_250, currency: 'EUR' }
  test('takes any price in the safe range', () => {
    for (const unitPriceMinor of [0, 1, Number.MAX_SAFE_INTEGER])
      expect(takes(name, 'body', { ...price, unitPriceMinor })).toBe(true)
    for (const unitPriceMinor of [-1, 0.5, Number.MAX_SAFE_INTEGER + 1])
      expect(takes(name, 'body', { ...price, unitPriceMinor })).toBe(false)
  })
  test('is about the sku of its path', () => {
    const route = routeOf(name)
    if (route.kind !== 'command') throw new Error('not a command')
    expect(route.toCommand({ params: { sku: 'lamp' }, body: price })).toEqual({ sku: 'lamp', ...price })
  })
})
