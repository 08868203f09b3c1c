/** Messages as they come, for tests that need no engine: nothing here loads one. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Delivery } from '../core/delivery.ts'
import type { EventType, Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { ledger } from './participant.fixture.ts'

/** A UUIDv7 of now. */
export function newSagaId(atMs = Date.now()): string {
  const time = atMs.toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}

/** An event as Kafka would hand it over. Its id is its own unless one is given. */
export function delivered<E extends Message>(
  type: EventType<E>,
  fields: Omit<E, 'type' | 'kind'>,
  o: { id?: string; participant?: Participant<any, any> } = {},
): Delivery {
  const { participant = ledger, id = `${type.type}-${randomUUID()}` } = o
  const message = type(fields)
  const sagaId = (fields as Record<string, string>)[type.schema.sagaField]!
  return {
    ...{ id, sagaId, message, origin: { source: 'kafka' } },
    reaction: participant.reactions.find(r => r.trigger === type)!,
    envelope: { key: Buffer.from(sagaId), headers: { ce_id: id }, body: Buffer.from(JSON.stringify(message)) },
  }
}
