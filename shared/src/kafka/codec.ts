import type { Type } from 'avsc'
import { PermanentError } from '../errors.ts'
import type { EventType, Message } from '../messages.ts'
import { avroType } from './avro-type.ts'
import { encodeEvent } from './encode.ts'
import type { Registry } from './registry.ts'
import { FRAME_BYTES, writerId } from './wire.ts'
import { createWriters, type Writer } from './writers.ts'

/** Events to bytes and back, by the schemas of the registry (rules 21 and 22). */
export interface Codec {
  /**
   * Once, before anything is published: registers or looks up the schema of each event that this participant publishes.
   * @throws StartError schema-incompatible, schema-compatibility-level, schema-unknown, schema-invalid: names the subject and the remedy
   * @throws RegistryUnavailable
   */
  start(): Promise<void>
  /**
   * Confluent's wire format. Synchronous, so that events can be encoded inside a transaction, before it commits (rule 22).
   * Longs fit from -(2 ** 52) to 2 ** 53 - 2: beyond that avsc is not exact.
   * @throws PermanentError encode-failed, naming the field that does not fit
   */
  encode(event: Message, type: EventType<any>): Buffer
  /**
   * Fetches what `decode` will need for these values: once for a batch, so that no value costs a promise of its own.
   * `again`: for somebody who says that a schema is there now, though the registry had none a moment ago.
   * @throws RegistryUnavailable: pause and call again, no message is at fault (rule 21)
   */
  prepare(values: Iterable<Buffer | null>, again?: boolean): Promise<void>
  /**
   * Only after `prepare` with the same value.
   * @throws PermanentError undecodable: not framed, truncated, with bytes left over, or not readable by our schema
   * @throws PermanentError unknown-schema-id: the registry answered that there is no such schema
   */
  decode(value: Buffer | null): Decoded
}

/** A topic also carries events that this participant does not react to; those are named, not decoded. */
export type Decoded =
  | { readonly isRead: true; readonly type: EventType<any>; readonly event: Message }
  | { readonly isRead: false; readonly fullName: string }

export interface CodecOptions {
  readonly registry: Registry
  /** 'lookup' in production, where only a release pipeline may add schemas. */
  readonly mode: 'register' | 'lookup'
  readonly publishes: readonly EventType<any>[]
  readonly reads: readonly EventType<any>[]
  /** The deployment's, before each topic name. */
  readonly topicPrefix?: string
  /** A monotonic clock, in milliseconds. */
  readonly clock?: () => number
}

/** TopicRecordName: a subject for each event on each topic, since a topic carries several. */
export function subjectOf({ schema }: EventType<any>, topicPrefix = ''): string {
  return `${topicPrefix}${schema.topic}-${schema.fullName}`
}

/** The saga that an event belongs to, from the field that its schema marks. */
export function sagaIdOf(event: Message, type: EventType<any>): string {
  return (event as unknown as Record<string, string>)[type.schema.sagaField]!
}

export function createCodec(options: CodecOptions): Codec {
  const { registry, mode, publishes, reads, topicPrefix = '', clock = () => performance.now() } = options
  const published = new Map<string, { readonly id: number; readonly type: Type }>()
  const writers = createWriters({ registry, reads, clock })

  async function publish(event: EventType<any>): Promise<void> {
    const { fullName, avro } = event.schema
    const id = await registry[mode === 'register' ? 'register' : 'lookUp'](subjectOf(event, topicPrefix), avro)
    published.set(fullName, { id, type: avroType(avro) })
  }

  return {
    async start() {
      await Promise.all([...new Set(publishes)].map(publish))
    },
    encode(event, { schema }) {
      const ours = published.get(schema.fullName)
      if (!ours)
        throw new PermanentError('encode-failed', `${schema.fullName} is not published here, or start was not awaited`)
      return encodeEvent(ours.type, ours.id, event)
    },
    async prepare(values, again) {
      const ids = new Set<number>()
      for (const value of values) {
        const id = writerId(value)
        if (id !== undefined) ids.add(id)
      }
      await writers.load(ids, again)
    },
    decode(value) {
      const id = writerId(value)
      if (value === null || id === undefined)
        throw undecodable(
          value === null ? 'there is no value' : 'the value does not begin with a zero byte and a schema id',
        )
      const writer = writers.get(id)
      switch (writer.kind) {
        case 'read':
          return { isRead: true, type: writer.type, event: read(value, id, writer) }
        case 'foreign':
          return { isRead: false, fullName: writer.fullName }
        case 'missing':
          throw new PermanentError(
            'unknown-schema-id',
            `the registry has no schema ${id}, with which the value claims to be written`,
          )
        case 'unreadable':
          throw undecodable(writer.why)
      }
    },
  }
}

function read(value: Buffer, id: number, { reader, resolver, type }: Extract<Writer, { kind: 'read' }>): Message {
  let end: number
  let fields: Record<string, unknown>
  try {
    const decoded = reader.decode(value, FRAME_BYTES, resolver)
    end = decoded.offset
    fields = decoded.value
  } catch (error) {
    throw undecodable(`not a ${type.schema.fullName} by schema ${id}: ${(error as Error).message}`)
  }
  if (end < 0) throw undecodable(`a ${type.schema.fullName} by schema ${id} is cut short`)
  if (end < value.length)
    throw undecodable(`${value.length - end} bytes follow a ${type.schema.fullName} by schema ${id}`)
  // The object is new and ours, so it is completed in place: a copy would be the dearest part of decoding.
  fields.type = type.type
  fields.kind = 'event'
  return fields as unknown as Message
}

const undecodable = (why: string) => new PermanentError('undecodable', why)
