import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Schema } from 'avsc'
import { expect, onTestFinished, test } from 'vitest'
import { StartError } from '../errors.ts'
import { createRegistry, RegistryUnavailable } from './registry.ts'

const SCHEMA = {
  type: 'record',
  name: 'Ended',
  namespace: 'demo.trip',
  topic: 't',
  fields: [{ name: 'id', type: 'string' }],
} as Schema
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const schema = (response: ServerResponse) => json(response, 200, { schema: JSON.stringify(SCHEMA) })

/** A registry that behaves as the test says. */
async function registryThat(answer: (response: ServerResponse, request: IncomingMessage) => void, credentials = '') {
  const server = createServer((request, response) => answer(response, request))
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return createRegistry({
    url: `http://${credentials}127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    timeoutMs: 200,
  })
}

test.each<[string, (response: ServerResponse) => void]>([
  ['never answers', () => {}],
  [
    'breaks off inside its answer',
    response =>
      void response
        .writeHead(200, { 'content-length': '99' })
        .write('{', () => setTimeout(() => response.destroy(), 20)),
  ],
  ['stalls inside its answer', response => void response.writeHead(200, { 'content-length': '99' }).write('{')],
  ['hangs up', response => response.destroy()],
  ['is overloaded', response => void json(response, 503, { error_code: 50301, message: 'later' })],
  ['fails', response => void json(response, 500, { error_code: 50001, message: 'the store is away' })],
  ['does not know us', response => void json(response, 401, { error_code: 40101, message: 'who are you' })],
  [
    'is replaced by a proxy that has no route',
    response => void json(response, 404, { message: 'no Route matched with those values' }),
  ],
  [
    'is replaced by a page that is there',
    response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in'),
  ],
  [
    'is replaced by a page that is not there',
    response => void response.writeHead(404, { 'content-type': 'text/html' }).end('<p>404'),
  ],
])('rule 21: a registry that %s is unavailable, which says nothing about the id', async (_, answer) => {
  const registry = await registryThat(answer)
  // Twice: what went wrong once must not be remembered.
  for (const __ of [1, 2]) await expect(registry.find(7)).rejects.toThrow(RegistryUnavailable)
  await expect(registry.register('t-demo.trip.Ended', SCHEMA)).rejects.toThrow(RegistryUnavailable)
})

test('rule 21: a registry that nobody runs is unavailable', async () => {
  const registry = createRegistry({ url: 'http://127.0.0.1:9' })
  await expect(registry.find(7)).rejects.toThrow('the schema registry at http://127.0.0.1:9 gave no usable answer')
})

test('a registry that comes back is asked again', async () => {
  let isAway = true
  const registry = await registryThat(response => void (isAway ? response.writeHead(200).write('{') : schema(response)))
  await expect(registry.find(7)).rejects.toThrow('has not answered within 200 ms')
  isAway = false
  expect(await registry.find(7)).toMatchObject({ name: 'demo.trip.Ended' })
})

test('rule 21: an id counts as unknown only when the registry itself says so', async () => {
  const registry = await registryThat(
    response => void json(response, 404, { error_code: 40403, message: 'Schema not found' }),
  )
  expect(await registry.find(7)).toBeUndefined()
})

test('a schema of another kind is a permanent error', async () => {
  const registry = await registryThat(
    response => void json(response, 200, { schemaType: 'JSON', schema: '{"type": "object"}' }),
  )
  await expect(registry.find(7)).rejects.toMatchObject({
    code: 'undecodable',
    message: 'schema 7 is not an Avro schema',
  })
})

test('a schema that the registry has and that is not valid Avro is a permanent error', async () => {
  const registry = await registryThat(response => void json(response, 200, { schema: '{"type": "nonsense"}' }))
  await expect(registry.find(7)).rejects.toMatchObject({
    code: 'undecodable',
    message: expect.stringContaining('schema 7 cannot be read: unknown type'),
  })
})

test('a page is not taken for the id of a schema', async () => {
  const registry = await registryThat(response => void response.writeHead(200).end('<p>Log in'))
  await expect(registry.lookUp('t-demo.trip.Ended', SCHEMA)).rejects.toThrow('check SCHEMA_REGISTRY_URL')
})

test('credentials travel in a header and appear in no message', async () => {
  const seen: unknown[] = []
  const registry = await registryThat((response, { headers, url }) => {
    seen.push(headers.authorization, url)
    json(response, url === '/api/schemas/ids/1' ? 200 : 500, { schema: JSON.stringify(SCHEMA) })
  }, 'shop:s%40fe@')
  await registry.find(1)
  expect(seen).toEqual([`Basic ${Buffer.from('shop:s@fe').toString('base64')}`, '/api/schemas/ids/1'])
  const error = await registry.find(2).catch(e => e)
  expect(error).toBeInstanceOf(RegistryUnavailable)
  expect(`${error.message} ${error.stack}`).not.toMatch(/s@fe|s%40fe/)
})

test.each([
  [409, 'schema-incompatible', 'the registry refuses our schema of t-demo.trip.Ended: too different'],
  [422, 'schema-invalid', 'the registry cannot take our schema of t-demo.trip.Ended: too different'],
])('a registration that is refused with %i stops the start', async (status, code, message) => {
  const registry = await registryThat(
    (response, { method }) =>
      void (method === 'GET'
        ? json(response, 200, { compatibilityLevel: 'FULL_TRANSITIVE' })
        : json(response, status, { error_code: status, message: 'too different.' })),
  )
  const error = await registry.register('t-demo.trip.Ended', SCHEMA).catch(e => e)
  expect(error).toBeInstanceOf(StartError)
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
})

test('a subject that somebody set to a weaker level stops the start, with the remedy', async () => {
  const registry = await registryThat(response => void json(response, 200, { compatibilityLevel: 'NONE' }))
  await expect(registry.register('t-demo.trip.Ended', SCHEMA)).rejects.toMatchObject({
    code: 'schema-compatibility-level',
    message: expect.stringContaining('PUT /config/t-demo.trip.Ended {"compatibility": "FULL_TRANSITIVE"}'),
  })
})
