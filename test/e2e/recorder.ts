import { randomUUID } from 'node:crypto'
import * as schemas from 'shop-schemas'
import { serviceNames } from '../../infra/shop/topics.ts'
import { createKafka } from '../../shared/src/kafka/client.ts'
import { type ReadAttributes, readHeaders } from '../../shared/src/kafka/cloudevents.ts'
import { createCodec } from '../../shared/src/kafka/codec.ts'
import { createRegistry } from '../../shared/src/kafka/registry.ts'
import type { EventType } from '../../shared/src/messages.ts'
import type { RunningShop } from './running-shop.ts'
import { until } from './until.ts'

/** All that the shop's services publish. */
export const eventTypes = Object.values(schemas) as EventType<any>[]

export interface Recorded {
  /** Without the shop's prefix. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}
export interface RecordedEvent extends Recorded {
  /** `OrderPlaced` */
  readonly type: string
  readonly sagaId: string
  readonly attributes: ReadAttributes
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Recorder {
  /** Everything that stands on the event topics and the letter topics, in the order in which we were given it. */
  readonly records: readonly Recorded[]
  /** First copies, as their partitions have them. */
  events(sagaId?: string): Promise<RecordedEvent[]>
  letters(service: string): Recorded[]
  /** Resolves when everything has been read that stood on the topics when this was called. */
  caughtUp(): Promise<void>
  onRecord(listener: (record: Recorded) => void): void
  end(): Promise<void>
}

/** Reads all topics of the shop as anybody can, from their beginning. */
export async function record(shop: Pick<RunningShop, 'ground' | 'topicPrefix'>): Promise<Recorder> {
  const { ground, topicPrefix } = shop
  const kafka = createKafka({ clientId: 'recorder', brokers: ground.brokers })
  const topics = serviceNames.flatMap(name => [`${name}.events.v1`, `${name}.dlq`]).map(topic => topicPrefix + topic)
  const codec = createCodec({
    registry: createRegistry({ url: ground.registryUrl }),
    ...{ mode: 'lookup', publishes: [], reads: eventTypes },
  })
  const records: Recorded[] = []
  const read = new Map<string, number>()
  const listeners: ((record: Recorded) => void)[] = []
  const admin = kafka.admin()
  await admin.connect()
  const consumer = kafka.consumer({ groupId: `recorder-${randomUUID()}`, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { offset, key, value, headers } of batch.messages) {
        const recorded = {
          ...{ topic: batch.topic.slice(topicPrefix.length), partition: batch.partition, offset: Number(offset) },
          ...{ key, value, headers: headers as Record<string, Buffer> },
        }
        records.push(recorded)
        for (const listener of listeners) listener(recorded)
      }
      read.set(`${batch.topic}/${batch.partition}`, Number(batch.lastOffset()) + 1)
    },
  })

  return {
    records,
    async events(sagaId) {
      const ours = records.filter(r => r.topic.endsWith('.events.v1') && (!sagaId || r.key?.toString() === sagaId))
      await codec.prepare(ours.map(r => r.value))
      const seen = new Set<string>()
      return ours.flatMap(r => {
        const attributes = readHeaders(r.headers)
        const name = `${attributes.source} ${attributes.id}`
        const decoded = codec.decode(r.value)
        if (seen.has(name) || !decoded.isRead) return []
        seen.add(name)
        const { type, kind: _, ...fields } = decoded.event as { type: string; kind: string }
        return [{ ...r, attributes, fields, type, sagaId: String(r.key) }]
      })
    },
    letters: service => records.filter(r => r.topic === `${service}.dlq`),
    async caughtUp() {
      for (const topic of topics)
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          await until(
            `the recorder reads ${topic}/${partition} up to ${high}`,
            () => Number(high) === 0 || (read.get(`${topic}/${partition}`) ?? 0) >= Number(high),
            { seen: () => read.get(`${topic}/${partition}`) },
          )
    },
    onRecord: listener => void listeners.push(listener),
    async end() {
      await consumer.disconnect()
      await admin.disconnect()
    },
  }
}
