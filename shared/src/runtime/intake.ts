import type { Delivery, Envelope, Undeliverable } from '../core/delivery.ts'
import { storableHeaders } from '../core/headers.ts'
import { isSagaId } from '../core/ids.ts'
import { PermanentError } from '../errors.ts'
import { readHeader, traceparentOf } from '../kafka/cloudevents.ts'
import { type Codec, sagaIdOf } from '../kafka/codec.ts'
import type { FetchedRecord } from '../kafka/consume.ts'
import type { EventType, Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import type { ReactionDefinition } from '../reaction.ts'
import type { Item } from './engine.ts'

export interface Ignored {
  readonly reaction: ReactionDefinition
  readonly id: string
  readonly sagaId: string
}

/** A record that may be for us, with its ce_type. */
interface Ours {
  readonly record: FetchedRecord
  readonly type: string | undefined
}

/** Turns fetched records into what the engine takes: messages, letters (rule 21), and those that are nobody's here. */
export class Intake {
  readonly #byFullName: ReadonlyMap<string, ReactionDefinition>
  readonly #codec: Codec
  readonly #ignored: (message: Ignored) => void
  readonly #toLetter: boolean

  /** `unreadableToLetter`: for tests of the safeguard only. */
  constructor(o: {
    participant: Participant
    codec: Codec
    ignored: (message: Ignored) => void
    unreadableToLetter?: boolean
  }) {
    this.#toLetter = o.unreadableToLetter ?? true
    const events = o.participant.reactions.filter(r => r.trigger.kind === 'event')
    this.#byFullName = new Map(events.map(r => [(r.trigger as EventType<any>).schema.fullName, r]))
    this.#codec = o.codec
    this.#ignored = o.ignored
  }

  /** @throws RegistryUnavailable when a schema is not known and the registry does not answer: pause, and count nothing. */
  async read(records: readonly FetchedRecord[]): Promise<Item[]> {
    const takenAtMs = performance.now()
    const ours = this.#ours(records)
    await this.#codec.prepare(ours.map(({ record }) => record.value))
    return this.#items(ours, takenAtMs)
  }

  /** Of records whose schemas the codec knows already. */
  readKnown(records: readonly FetchedRecord[], takenAtMs: number): Item[] {
    return this.#items(this.#ours(records), takenAtMs)
  }

  #ours(records: readonly FetchedRecord[]): Ours[] {
    const ours: Ours[] = []
    for (const record of records) {
      const type = readHeader(record, 'ce_type')
      if (type === undefined || this.#byFullName.has(type)) ours.push({ record, type })
    }
    return ours
  }

  #items(ours: readonly Ours[], takenAtMs: number): Item[] {
    const items: Item[] = []
    for (const { record, type } of ours) {
      try {
        const delivery = this.#delivery(record, type)
        if (delivery) items.push({ delivery, takenAtMs })
      } catch (error) {
        if (!this.#toLetter) throw error
        // Whatever it is that this record does to us, the records behind it must not wait for it.
        const cause =
          error instanceof PermanentError ? error : new PermanentError('unreadable', String(error), { cause: error })
        items.push({ undeliverable: undeliverable(record, cause) })
      }
    }
    return items
  }

  #delivery(record: FetchedRecord, type: string | undefined): Delivery | undefined {
    const { key, value } = record
    if (value === null) throw new PermanentError('no-value', 'the record has no value; an event has one')
    const decoded = this.#codec.decode(value)
    const fullName = decoded.isRead ? decoded.type.schema.fullName : decoded.fullName
    if (type !== undefined && type !== fullName)
      throw new PermanentError('type-mismatch', `ce_type says ${type}, the schema says ${fullName}`)
    const reaction = this.#byFullName.get(fullName)
    if (!decoded.isRead || !reaction) return undefined
    const message = decoded.event
    const id = readHeader(record, 'ce_id')
    if (id === undefined)
      throw new PermanentError(
        'no-event-id',
        'the record has no ce_id header; without one a repeat cannot be told from a new event',
      )
    const sagaId = key?.toString() ?? ''
    if (key === null) throw new PermanentError('no-key', 'the record has no key; the key is the saga id')
    if (!isSagaId(sagaId))
      throw new PermanentError(
        'key-no-saga-id',
        `the key ${sagaId.slice(0, 100)} is no saga id; a saga id is a UUIDv7 in lower case`,
      )
    const named = sagaIdOf(message, decoded.type)
    if (named !== sagaId)
      throw new PermanentError(
        'key-mismatch',
        `the key is ${sagaId}, but ${decoded.type.schema.sagaField} is ${String(named).slice(0, 100)}`,
      )
    if (Buffer.byteLength(id) > 1_000)
      throw new PermanentError('event-id-too-long', `ce_id has ${Buffer.byteLength(id)} bytes; 1000 are the most`)
    if (reaction.when && !accepts(reaction, message)) {
      this.#ignored({ reaction, id, sagaId })
      return undefined
    }
    const traceparent = traceparentOf(record)
    return { id, sagaId, reaction, message, envelope: new RecordEnvelope(record), traceparent, origin }
  }
}

const origin: Delivery['origin'] = { source: 'kafka' }

/** A filter is pure: one that throws on a message throws on it at every try, so it is a letter at once. */
function accepts(reaction: ReactionDefinition, message: Message): boolean {
  try {
    return reaction.when?.(message) ?? true
  } catch (error) {
    throw new PermanentError('filter-threw', `when of ${reaction.step} on ${message.type}: ${String(error)}`, {
      cause: error,
    })
  }
}

/**
 * Where it came from travels with the message, so that a letter can say it whenever it is written. Most messages are done
 * at once and need no letter: their headers are made storable only when somebody asks.
 */
class RecordEnvelope implements Envelope {
  readonly key: Buffer | null
  readonly body: Buffer | null
  readonly #record: FetchedRecord
  #headers: Envelope['headers'] | undefined

  constructor(record: FetchedRecord) {
    this.key = record.key
    this.body = record.value
    this.#record = record
  }

  get headers(): Envelope['headers'] {
    this.#headers ??= {
      ...storableHeaders(this.#record.headers),
      'kafka_dlt-original-topic': this.#record.topic,
      'kafka_dlt-original-partition': String(this.#record.partition),
      'kafka_dlt-original-offset': String(this.#record.offset),
    }
    return this.#headers
  }
}

/** The letter of a record that cannot be read. */
export function undeliverable(record: FetchedRecord, { code, message }: PermanentError): Undeliverable {
  const id = `${record.topic}/${record.partition}/${record.offset}`
  return { id, partition: record.partition, envelope: new RecordEnvelope(record), code, problem: message }
}
