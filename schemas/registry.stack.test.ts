import { randomUUID } from 'node:crypto'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { expect, inject, test } from 'vitest'
import { incompatibilities } from './tooling/compatibility.ts'
import { readVersions } from './tooling/versions.ts'

/** What our check allows, a real registry takes, and what it refuses there is nothing to hope for. */
const registry = new SchemaRegistry({ host: inject('registryUrl') })
const prefix = randomUUID()
const register = (avro: object) => {
  const { namespace, name, topic } = avro as { namespace: string; name: string; topic: string }
  const subject = `${prefix}.${topic}-${namespace}.${name}`
  return registry.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(avro) },
    { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
  )
}

const events = [...readVersions(import.meta.dirname)]
test.each(events)('the registry takes every version of %s', async (_, versions) => {
  for (const version of versions) expect((await register(version.avro)).id).toBeTypeOf('number')
})

const id = { name: 'tripId', type: 'string', sagaId: true }
const price = { name: 'priceMinor', type: 'long' }
const note = { name: 'note', type: ['null', 'string'], default: null }
const trip = (...fields: object[]) => ({ type: 'record', namespace: 'demo.trip', topic: 'trip.events.v1', fields })
const before = trip(id, price, note)
test.each([
  ['FieldAdded', trip(id, price, note, { name: 'seats', type: 'int' })],
  ['FieldGone', trip(id, note)],
  ['FieldRenamed', trip(id, { ...price, name: 'amountMinor' }, note)],
  ['TypeChanged', trip(id, { ...price, type: 'string' }, note)],
  ['TypeWider', trip(id, { ...price, type: 'double' }, note)],
  ['NullAllowed', trip(id, { ...price, type: ['null', 'long'] }, note)],
])('both refuse: %s', async (name, after) => {
  expect(incompatibilities({ ...after, name }, { ...before, name })).not.toEqual([])
  await register({ ...before, name })
  await expect(register({ ...after, name })).rejects.toMatchObject({ status: 409 })
})

test.each([
  ['DefaultAdded', trip(id, price, note, { name: 'seats', type: 'int', default: 1 })],
  ['DefaultGone', trip(id, price)],
  ['OrderChanged', trip(note, price, id)],
])('both accept: %s', async (name, after) => {
  expect(incompatibilities({ ...after, name }, { ...before, name })).toEqual([])
  await register({ ...before, name })
  expect((await register({ ...after, name })).id).toBeTypeOf('number')
})
