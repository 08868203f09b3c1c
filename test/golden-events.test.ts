import { resolve } from 'node:path'
import * as events from 'shop-schemas'
import { expect, test } from 'vitest'
import { readVersions, type Version } from '../schemas/tooling/versions.ts'
import { createCodec } from '../shared/src/kafka/codec.ts'
import type { EventType } from '../shared/src/messages.ts'

/** Today's code reads every version of every event that was ever published: topics keep old events, and so do dead letters. */
const types = Object.values(events as unknown as Record<string, EventType<any>>)
const versions = [...readVersions(resolve(import.meta.dirname, '../schemas')).values()].flat()

test('every event has a version', () => {
  expect(new Set(versions.map(v => v.event))).toEqual(new Set(types.map(t => t.type)))
})

test.each(versions)('$event, version $number, is read', async version => {
  const { codec, type } = await codecFor(version)
  await codec.prepare([version.golden])
  const event = { ...(asReadToday(version.example, type.schema.avro) as object), type: type.type, kind: 'event' }
  expect(codec.decode(version.golden)).toStrictEqual({ isRead: true, type, event })
})

const newest = versions.filter(v => !versions.some(other => other.event === v.event && other.number > v.number))
test.each(newest)('$event is written as in its newest version, $number, byte for byte', async version => {
  const { codec, type } = await codecFor(version)
  expect(codec.encode(type(version.example as object), type)).toEqual(version.golden)
})

async function codecFor(version: Version) {
  const type = types.find(t => t.type === version.event)!
  const codec = createCodec({ registry: only(version), mode: 'lookup', publishes: [type], reads: types })
  await codec.start()
  return { codec, type }
}

/** A registry that has one schema, under the id that is in the golden example. */
const only = ({ number, avro }: Version) => ({
  register: async () => number,
  lookUp: async () => number,
  find: async (id: number) => (id === number ? (avro as EventType<any>['schema']['avro']) : undefined),
})

/** What an older example says by today's schema, worked out without Avro: no field that is gone, defaults for those that are new. */
function asReadToday(example: any, schema: any): unknown {
  if (Array.isArray(schema))
    return example === null
      ? null
      : asReadToday(
          example,
          schema.find(s => s !== 'null'),
        )
  if (schema.type === 'array') return example.map((item: unknown) => asReadToday(item, schema.items))
  if (schema.type !== 'record') return example
  return Object.fromEntries(
    schema.fields.map((field: any) => [
      field.name,
      field.name in example ? asReadToday(example[field.name], field.type) : field.default,
    ]),
  )
}
