import { deepStrictEqual } from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Schema } from 'avsc'
import { avroType } from '../../kafka/avro-type.ts'
import { createCodec } from '../../kafka/codec.ts'
import { FRAME_BYTES, writeFrame } from '../../kafka/wire.ts'
import type { EventType, Message } from '../../messages.ts'
import { publishedBy, readBy } from '../../runtime/rules.ts'
import { type Check, nothing } from './check.ts'
import { mistakesIn, play, standingOf } from './played.ts'
import { earlierEvent, earlierSchema, laterEvent, laterSchema, type RecordSchema, withDefaults } from './schemas.ts'
import type { StageOptions } from './stage.ts'
import { inOrder, placeOf, type Step, type Story } from './story.ts'

/** Old code meets new events during each deployment, and new code meets old ones for as long as a topic keeps them. */
export function evolution(
  o: StageOptions,
  stories: Readonly<Record<string, Story>>,
  versions: URL | undefined,
): Check[] {
  const told = Object.values(stories).map(inOrder)
  return [
    ...readBy(o.participant).flatMap(type => {
      const steps = told.find(each => placeOf(type, each) >= 0)
      return steps ? [readsOthers(o, type, steps), ...readsKept(o, type, steps, versions)] : []
    }),
    ...publishedBy(o.participant).flatMap(type => isReadByOthers(o, type, told, versions)),
  ]
}

const readsOthers = (o: StageOptions, type: EventType<any>, steps: readonly Step[]): Check => ({
  title: `reads ${type.type} of the version before it and of the one behind it`,
  async check() {
    const schema = type.schema.avro as unknown as RecordSchema
    const { type: _, kind: __, ...today } = steps[placeOf(type, steps)]!.message as any
    const later = await decoded(type, laterSchema(schema), laterEvent(today))
    deepStrictEqual(later, { ...today, type: type.type, kind: 'event' })
    const earlier = await decoded(type, earlierSchema(schema), earlierEvent(today, schema))
    deepStrictEqual(earlier, { ...withDefaults(today, schema), type: type.type, kind: 'event' })
    await handles(o, type, steps, earlier)
  },
})

/** Those that were ever published, with the example that was kept of each. */
function readsKept(o: StageOptions, type: EventType<any>, steps: readonly Step[], versions: URL | undefined): Check[] {
  return keptOf(type, versions).map(({ number, schema, golden }) => ({
    title: `reads ${type.type}, version ${number}, as it was published`,
    async check() {
      const value = avroType(schema).fromBuffer(golden.subarray(FRAME_BYTES))
      const event = await decoded(type, schema as unknown as RecordSchema, value)
      await handles(o, type, steps, event)
    },
  }))
}

function isReadByOthers(
  o: StageOptions,
  type: EventType<any>,
  told: readonly (readonly Step[])[],
  versions: URL | undefined,
): Check[] {
  return [
    {
      title: `${type.type} is read by code of the version before it and of the one behind it`,
      async check() {
        const published: unknown[] = []
        for (const steps of told) {
          const { events } = standingOf(o, await play(o, steps))
          published.push(...events.filter(each => each.type === type.schema.fullName).map(({ fields }) => fields))
        }
        nothing(published.length > 0 ? [] : [`no story publishes ${type.type}: add one that does`])
        const schema = type.schema.avro as unknown as RecordSchema
        const readers = [laterSchema(schema), earlierSchema(schema), ...keptOf(type, versions).map(kept => kept.schema)]
        for (const reader of readers)
          for (const fields of published)
            await decoded(withSchema(type, reader as unknown as Schema), schema, fields as object)
      },
    },
  ]
}

/** Plays the steps with this event in the place of the one of its type, which belongs to the same saga. */
async function handles(o: StageOptions, type: EventType<any>, steps: readonly Step[], event: Message): Promise<void> {
  const { sagaField } = type.schema
  const place = placeOf(type, steps)
  const step = steps[place]!
  const sagaId = (step.message as unknown as Record<string, unknown>)[sagaField]
  const taken = { ...step, message: { ...event, [sagaField]: sagaId } as Message }
  nothing(mistakesIn(await play(o, steps.with(place, taken))))
}

/** What the kit's codec makes of a value that was written with another schema. @throws PermanentError undecodable */
async function decoded(type: EventType<any>, writer: RecordSchema, fields: object): Promise<Message> {
  const avro = writer as unknown as Schema
  const bytes = avroType(avro).toBuffer(fields)
  const value = Buffer.alloc(FRAME_BYTES + bytes.length)
  writeFrame(value, 1)
  bytes.copy(value, FRAME_BYTES)
  const registry = { register: async () => 1, lookUp: async () => 1, find: async () => avro }
  const codec = createCodec({ registry, mode: 'lookup', publishes: [], reads: [type] })
  await codec.start()
  await codec.prepare([value])
  const read = codec.decode(value)
  if (!read.isRead) throw new Error(`${type.type} was taken for ${read.fullName}`)
  return read.event
}

/** `<versions>/<Event>/<n>.avsc`, with `<n>.bin` as it was on the topic. */
function keptOf({ type }: EventType<any>, versions: URL | undefined) {
  const folder = versions && new URL(`${type}/`, versions)
  if (!folder || !existsSync(folder)) return []
  return globSync('*.avsc', { cwd: fileURLToPath(folder) }).map(file => ({
    number: Number.parseInt(file, 10),
    schema: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Schema,
    golden: readFileSync(new URL(file.replace('.avsc', '.bin'), folder)),
  }))
}

const withSchema = (type: EventType<any>, avro: Schema): EventType<any> =>
  Object.assign((fields: any) => type(fields), {
    type: type.type,
    kind: 'event' as const,
    schema: { ...type.schema, avro },
  })
