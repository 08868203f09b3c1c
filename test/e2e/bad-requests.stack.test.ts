import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { routes as balance } from '../../services/balance/src/routes.ts'
import { routes as inventory } from '../../services/inventory/src/routes.ts'
import { routes as notification } from '../../services/notification/src/routes.ts'
import { routes as order } from '../../services/order/src/routes.ts'
import { arbitraryOf } from '../../shared/src/http/arbitrary-body.fixture.ts'
import { jsonSchema } from '../../shared/src/http/check-route.ts'
import type { Route } from '../../shared/src/http/routes.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { expectAllSettled } from './at-rest.ts'
import { openLetters } from './invariants.ts'
import { seedGoods } from './load.ts'
import { type RunningShop, runShop } from './running-shop.ts'

const routes: Readonly<Record<ServiceName, readonly Route[]>> = { order, inventory, balance, notification }
const commands = serviceNames.flatMap(service =>
  routes[service].flatMap(route =>
    route.kind === 'query' ? [] : [{ service, route, name: `${route.method} ${route.path}` }],
  ),
)

let shop: RunningShop
/** Priced, and in stock: what a body needs to get as far as the database. */
let known: { readonly skus: readonly string[]; readonly customers: readonly string[] }
const pids = () => serviceNames.map(name => shop.services[name].pid)
let pidsBefore: ReturnType<typeof pids>

beforeAll(async () => {
  shop = await runShop('badrequests', { environment: { LOG_LEVEL: 'error', STOCK_RELEASE_DELAY: '100ms' } })
  const goods = await seedGoods(shop.client)
  known = { skus: goods.skus, customers: goods.rich }
  pidsBefore = pids()
}, 120_000)
afterAll(() => shop?.end())

const fuzz = { numRuns: 150, endOnFailure: true, interruptAfterTimeLimit: 20_000 }

describe.each(commands)('$service $name', ({ service, route }) => {
  const body = route.body ? arbitraryOf(jsonSchema(route.body, 'input')) : fc.constant(undefined)
  const params = arbitraryOf(jsonSchema(route.params, 'input')) as fc.Arbitrary<Record<string, string>>

  test('answers what its schema allows, and never 500', async () => {
    await fc.assert(
      fc.asyncProperty(params, body.map(withKnownNames), async (path, valid) => {
        const { status, text } = await send(
          service,
          route,
          path,
          valid === undefined ? undefined : JSON.stringify(valid),
        )
        for (const each of [status, ...statusesIn(text)]) expect([200, 201, 202, 404, 409, 422], text).toContain(each)
      }),
      fuzz,
    )
  })

  test('answers anything else with a problem, and never 500', async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), fc.json())
    const oneWrong = fc.tuple(body, fc.string(), fc.jsonValue(), fc.nat()).map(([valid, name, value, at]) => {
      const fields = Object.keys((valid as object | undefined) ?? {})
      const field = at % 2 === 0 || fields.length === 0 ? name : fields[at % fields.length]!
      return JSON.stringify({ ...(valid as object | undefined), [field]: value })
    })
    const cut = body.map(valid => (JSON.stringify(valid) ?? '{}').slice(0, -1))
    await fc.assert(
      fc.asyncProperty(params, fc.oneof(bytes, oneWrong, cut), async (path, text) => {
        const { status, contentType, text: answer } = await send(service, route, path, text)
        for (const each of [status, ...statusesIn(answer)]) expect(each, answer).toBeLessThan(500)
        if (status >= 400) expect(contentType).toMatch(/^application\/problem\+json/)
      }),
      fuzz,
    )
  })
})

test('the services are still those that were started, and have done nothing wrong', async () => {
  expect(pids()).toEqual(pidsBefore)
  for (const name of serviceNames) expect((await fetch(`${shop.services[name].url}/readyz`)).status, name).toBe(200)
  expect(openLetters(await expectAllSettled(shop))).toBe(0)
})

/** Of each request of a batch. */
const statusesIn = (text: string): number[] =>
  ((JSON.parse(text) as { results?: { status: number }[] }).results ?? []).map(({ status }) => status)

/** Half of the names become those of goods and customers that are there, so that a body is not always refused at the door. */
function withKnownNames(body: unknown): unknown {
  const { orders, customerId, lines } = (body ?? {}) as {
    orders?: unknown[]
    customerId?: string
    lines?: { sku: string }[]
  }
  if (orders) return { orders: orders.map(withKnownNames) }
  if (customerId === undefined || !lines) return body
  // What JSON Schema cannot say: each sku at most once.
  if (customerId.length % 2 === 0)
    return { ...(body as object), lines: [...new Map(lines.map(line => [line.sku, line])).values()] }
  const { skus, customers } = known
  return {
    ...(body as object),
    customerId: customers[customerId.length % customers.length],
    currency: 'EUR',
    lines: lines.slice(0, skus.length).map((line, i) => ({ ...line, sku: skus[i] })),
  }
}

async function send(
  service: ServiceName,
  route: Route,
  params: Record<string, string>,
  body: string | Uint8Array | undefined,
): Promise<{ status: number; contentType: string; text: string }> {
  const named = { ...params, ...('orderId' in params && { orderId: params.orderId ?? newSagaId() }) } as Record<
    string,
    string
  >
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(named[name]!))
  const response = await fetch(shop.services[service].url + path, {
    ...{ method: route.method, signal: AbortSignal.timeout(20_000) },
    headers: { 'idempotency-key': randomUUID(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: body as string }),
  })
  const text = await response.text()
  return { status: response.status, contentType: response.headers.get('content-type') ?? '', text }
}
