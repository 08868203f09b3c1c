import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { avroType, type FetchedRecord, FRAME_BYTES } from 'saga-kit/observing'
import type { Declared } from 'saga-kit/operating'
import { Decoder } from '../src/observer/decoder.ts'
import { type RecordOptions, recordBatch } from '../src/observer/record-batch.ts'

const steps = ['place_order', 'reserve_stock', 'deduct_balance', 'confirm_order', 'commit_stock', 'notify_confirmed']
const services = ['order', 'inventory', 'balance', 'order', 'inventory', 'notification']
const schema = {
  type: 'record' as const,
  name: 'shop.Happened',
  fields: ['orderId', 'customerId', 'currency'].map(name => ({ name, type: 'string' as const })),
}
/** Each reacts to the event before its own. */
const declared: Declared[] = [...new Set(services)].map(service => ({
  ...{ service, topic: `${service}.events.v1`, letterTopic: `${service}.dlq` },
  reactions: steps.flatMap((step, n) =>
    services[n] === service && n > 0
      ? [
          {
            on: `Event${n - 1}`,
            kind: 'event' as const,
            step,
            direction: 'action' as const,
            emits: [{ type: `Event${n}`, kind: 'event' as const }],
          },
        ]
      : [],
  ),
}))

/** Takes events as the observer takes them from Kafka, six to a saga, the sagas of a batch side by side. @returns events a second */
export async function ingest(pool: Pool, { events, batch }: { events: number; batch: number }): Promise<number> {
  const decoder = new Decoder({ find: async () => schema }, () => {})
  const o: RecordOptions = {
    ...{ pool, decoder, topicPrefix: '', searchFields: ['customerId'], onSeen: async () => {} },
    roleOf: () => ({ carries: 'events', service: '' }),
    judgedBy: () => ({ declared, isAsked: true, overdueAfterMs: 300_000 }),
  }
  const batches = Array.from({ length: Math.ceil(events / batch) }, (_, n) => records(n, batch))
  const began = performance.now()
  for (const each of batches) await recordBatch(o, each)
  return events / ((performance.now() - began) / 1_000)
}

function records(nth: number, size: number): FetchedRecord[] {
  const type = avroType(schema)
  const atMs = Date.now()
  return Array.from({ length: size / steps.length }, () => newSagaId(atMs)).flatMap((sagaId, s) =>
    steps.map((step, n): FetchedRecord => {
      const service = services[n]!
      const body = type.toBuffer({ orderId: sagaId, customerId: `customer-${s}`, currency: 'EUR' })
      const headers = {
        ...{ ce_id: `${sagaId}/${step}/action`, ce_source: `/${service}`, ce_type: `shop.Event${n}` },
        ...{ ce_specversion: '1.0', ce_time: new Date(atMs + n).toISOString(), ce_subject: sagaId },
        ...(n > 0 && { ce_causationid: `${sagaId}/${steps[n - 1]}/action` }),
      }
      return {
        ...{ topic: `${service}.events.v1`, partition: s % 4, offset: BigInt(nth * size + s * steps.length + n) },
        ...{ key: Buffer.from(sagaId), value: Buffer.concat([Buffer.alloc(FRAME_BYTES), body]), timestampMs: atMs },
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
      }
    }),
  )
}

function newSagaId(atMs: number): string {
  const [time, random] = [atMs.toString(16).padStart(12, '0'), randomBytes(10).toString('hex')]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}
