import { expect, test } from 'vitest'
import { exampleRoutes, listening } from './server.fixture.ts'

type Document = Record<string, any>

async function document(): Promise<Document> {
  const { sendJson } = await listening({ version: '1.2.3' })
  const { status, body } = await sendJson('GET', '/openapi.json')
  expect(status).toBe(200)
  return body
}

test('describes every route', async () => {
  const { openapi, info, paths } = await document()
  expect([openapi, info]).toEqual(['3.1.1', { title: 'order', version: '1.2.3' }])
  const described = Object.entries<object>(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(described.sort()).toEqual(
    exampleRoutes.map(route => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`).sort(),
  )
})

test('a command: its body, its key, its answer, its problems', async () => {
  const operation = (await document()).paths['/orders'].post
  expect(operation).toMatchObject({
    operationId: 'placeOrder',
    summary: 'Places an order.',
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
  })
  const { schema } = operation.requestBody.content['application/json']
  expect(schema).toMatchObject({
    type: 'object',
    required: ['customerId', 'currency', 'lines'],
    additionalProperties: false,
  })
  expect(schema.properties.lines.items).toMatchObject({
    additionalProperties: false,
    properties: { quantity: { minimum: 1, maximum: 1_000 } },
  })
  expect(operation.responses[202]).toMatchObject({
    headers: { Location: {} },
    content: { 'application/json': { schema: { properties: { orderId: { type: 'string' } } } } },
  })
  expect(Object.keys(operation.responses)).toEqual(['202', '400', '404', '409', '413', '415', '422', '500', '503'])
})

test('a batch: its requests with their keys, an answer for each', async () => {
  const operation = (await document()).paths['/orders/batch'].post
  expect(operation).toMatchObject({ operationId: 'placeOrderBatch', summary: 'Places many.' })
  expect(operation.parameters).toBeUndefined()
  const { orders } = operation.requestBody.content['application/json'].schema.properties
  expect(orders).toMatchObject({ minItems: 1, maxItems: 100, items: { additionalProperties: false } })
  expect(orders.items.required).toEqual(['customerId', 'currency', 'lines', 'idempotencyKey'])
  const { results } = operation.responses[200].content['application/json'].schema.properties
  expect(results.items.oneOf).toMatchObject([
    { properties: { status: { const: 202 }, body: { required: ['orderId', 'status'] } } },
    { properties: { status: { minimum: 400 }, body: { $ref: '#/components/schemas/Problem' } } },
  ])
  expect(Object.keys(operation.responses)).toEqual(['200', '400', '413', '415', '500', '503'])
})

test('path and query parameters; a PUT has no Idempotency-Key', async () => {
  const { paths } = await document()
  expect(paths['/prices/{sku}'].put.parameters).toEqual([
    { name: 'sku', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } },
  ])
  expect(paths['/orders/{orderId}'].get).toMatchObject({
    operationId: 'getOrdersByOrderId',
    parameters: [
      { name: 'orderId', in: 'path', required: true },
      { name: 'wait', in: 'query', required: false, schema: { type: 'integer', minimum: 0, maximum: 30, default: 0 } },
    ],
  })
})

test('every reference leads somewhere', async () => {
  const whole = await document()
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!)
  expect(references.length).toBeGreaterThan(0)
  const missing = references.filter(path => path.split('/').reduce<any>((at, part) => at?.[part], whole) === undefined)
  expect(missing).toEqual([])
})
