import { randomUUID } from 'node:crypto'
import type { Schema } from 'avsc'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openLink } from '../../../test/chaos/ground/link.ts'
import { createRegistry, RegistryUnavailable } from './registry.ts'

const url = inject('registryUrl')
const registry = createRegistry({ url })
const named = (name: string, type = 'string') =>
  ({ type: 'record', name, namespace: 'demo.half', fields: [{ name: 'id', type }] }) as Schema

async function ofRegistry(method: 'GET' | 'POST', path: string, body?: object): Promise<any> {
  const response = await fetch(url + path, {
    ...{ method, headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' } },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}

test('a registration that ended between the version and its level is finished by the next start', async () => {
  const subject = `half-${randomUUID()}`
  const schema = named('Half')
  const { id } = await ofRegistry('POST', `/subjects/${subject}/versions`, { schema: JSON.stringify(schema) })
  expect(await ofRegistry('GET', `/config/${subject}`)).toEqual({ compatibilityLevel: 'NONE' })
  expect(await registry.register(subject, schema)).toBe(id)
  expect(await ofRegistry('GET', `/config/${subject}`)).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
})

test('a subject with another version than ours keeps its level, and the start is refused', async () => {
  const subject = `other-${randomUUID()}`
  await ofRegistry('POST', `/subjects/${subject}/versions`, { schema: JSON.stringify(named('Other', 'long')) })
  await expect(registry.register(subject, named('Other'))).rejects.toMatchObject({ code: 'schema-compatibility-level' })
  expect(await ofRegistry('GET', `/config/${subject}`)).toEqual({ compatibilityLevel: 'NONE' })
  expect(await ofRegistry('GET', `/subjects/${subject}/versions`)).toEqual([1])
})

test('several that finish it at once are all told its id', async () => {
  const subject = `half-${randomUUID()}`
  const schema = named('Many')
  const { id } = await ofRegistry('POST', `/subjects/${subject}/versions`, { schema: JSON.stringify(schema) })
  const all = Array.from({ length: 8 }, () => createRegistry({ url }).register(subject, schema))
  expect(await Promise.all(all)).toEqual(Array.from({ length: 8 }, () => id))
})

test('a registry that falls silent while it is finished is asked again, not called wrong', async () => {
  const subject = `half-${randomUUID()}`
  const schema = named('Silent')
  const { id } = await ofRegistry('POST', `/subjects/${subject}/versions`, { schema: JSON.stringify(schema) })
  const link = await openLink({ port: Number(new URL(url).port) })
  onTestFinished(() => link.close())
  const slow = createRegistry({ url: Object.assign(new URL(url), { port: String(link.port) }).href, timeoutMs: 2_000 })
  link.onRequest = data => (data.includes(`PUT /apis/ccompat/v7/config/${subject}`) ? 'cut' : 'pass')
  await expect(slow.register(subject, schema)).rejects.toThrow(RegistryUnavailable)
  link.onRequest = undefined
  expect(await slow.register(subject, schema)).toBe(id)
})
