import { exampleOf } from '../../schemas/tooling/example.ts'
import { avroType } from '../../shared/src/kafka/avro-type.ts'
import type { EventType } from '../../shared/src/messages.ts'
import type { Random } from '../../shared/src/testing/simulation/random.ts'

/** A schema that is in the registry, and bytes that claim to be written with it. */
export interface Hostile {
  readonly id: number
  readonly fullName: string
  /** The topic of the event that it is given out for, and that event's name. */
  readonly topic: string
  readonly isOf: string
  readonly body: (random: Random) => Buffer
}

/** Recursive by itself and by an array: a byte or two, repeated, are as deep as anybody likes. (Apicurio takes no map here.) */
const nest = {
  type: 'record',
  name: 'Nest',
  fields: [{ name: 'next', type: ['null', 'Nest', { type: 'array', items: 'Nest' }] }],
}
/** Records in records, each in a union. */
const deep = (depth: number): object => ({
  type: 'record',
  name: `Deep${depth}`,
  fields: [{ name: 'in', type: depth === 0 ? 'long' : ['null', deep(depth - 1)], ...(depth > 0 && { default: null }) }],
})
const repeated = (pattern: number[], times: number) => Buffer.alloc(pattern.length * times, Buffer.from(pattern))

/** Puts the schemas into the registry, under subjects that nobody else has. */
export async function registerHostile(
  registryUrl: string,
  prefix: string,
  types: readonly EventType<any>[],
): Promise<{ hostile: Hostile[]; noAvroId: number }> {
  let subjects = 0
  const register = async (schema: object, schemaType = 'AVRO'): Promise<number> => {
    const response = await fetch(`${registryUrl}/subjects/${prefix}hostile-${subjects++}/versions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ schema: JSON.stringify(schema), schemaType }),
    })
    if (!response.ok) throw new Error(`the registry refuses ${schemaType}: ${await response.text()}`)
    return ((await response.json()) as { id: number }).id
  }

  const hostile: Hostile[] = []
  for (const { schema } of types) {
    const { fullName, topic } = schema
    const avro = schema.avro as { fields: readonly { name: string; type: unknown }[] }
    const written = avroType(avro as never).toBuffer(exampleOf(avro))
    const of = { fullName, topic, isOf: fullName }
    const more = (field: object) => register({ ...avro, fields: [...avro.fields, field] })
    const behind = (body: (random: Random) => Buffer) => (random: Random) => Buffer.concat([written, body(random)])

    const nested = { ...of, id: await more({ name: 'nested', type: nest }) }
    const patterns = [[0x02], [0x04, 0x02]]
    const depth = (random: Random) => random.pick([5, 1_000, 100_000])
    hostile.push({ ...nested, body: behind(random => repeated(random.pick(patterns), depth(random))) })
    hostile.push({
      ...nested,
      body: behind(random => Buffer.concat([repeated([0x02], depth(random)), Buffer.alloc(1)])),
    })
    hostile.push({
      ...of,
      id: await more({ name: 'deep', type: deep(100) }),
      body: behind(random => repeated([0x02], random.int(0, 200))),
    })
    // Ours by its name, and nothing that ours can read.
    const numbers = avro.fields.map(field => ({ ...field, type: 'double', default: 0 }))
    hostile.push({ ...of, id: await register({ ...avro, fields: numbers }), body: () => written })
  }
  const foreign = [
    { type: 'record', name: 'Foreign', namespace: 'elsewhere', fields: [] },
    { type: 'enum', name: 'Enum', namespace: 'elsewhere', symbols: ['A'] },
    { type: 'array', items: 'string' },
  ]
  for (const schema of foreign) {
    const id = await register(schema)
    const { schema: of } = types[hostile.length % types.length]!
    const fullName = 'namespace' in schema ? `${schema.namespace}.${schema.name}` : schema.type
    hostile.push({ id, fullName, topic: of.topic, isOf: of.fullName, body: () => Buffer.alloc(1) })
  }
  return { hostile, noAvroId: await register({ type: 'object', properties: {} }, 'JSON') }
}
