import * as schemas from 'shop-schemas'
import { createKafka } from '../../shared/src/kafka/client.ts'
import { writeHeaders } from '../../shared/src/kafka/cloudevents.ts'
import { createCodec } from '../../shared/src/kafka/codec.ts'
import { partitionOf } from '../../shared/src/kafka/partition.ts'
import { createPublisher, type OutboundRecord } from '../../shared/src/kafka/publish.ts'
import { createRegistry } from '../../shared/src/kafka/registry.ts'
import type { EventType, Message } from '../../shared/src/messages.ts'
import type { RunningShop } from './running-shop.ts'

export interface HandPublisher {
  /** An event as its service would publish it; gives its record. `id` is what its step would give it unless told. */
  event(event: Message & { readonly orderId: string }, o: { id: string; causationId?: string }): Handmade
  /** Any record at all. Resolves when the broker has acknowledged all of them, in this order by partition. */
  publish(...records: readonly Handmade[]): Promise<void>
  end(): Promise<void>
}
/** `topic` without the shop's prefix; the partition is the key's unless told. */
export interface Handmade {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
  readonly partition?: number
}

/** Publishes what a test wants published, through the kit's own codec and publisher. */
export async function handPublisher(
  shop: Pick<RunningShop, 'ground' | 'topicPrefix' | 'partitions'>,
): Promise<HandPublisher> {
  const { ground, topicPrefix, partitions } = shop
  const types = Object.values(schemas) as EventType<any>[]
  const codec = createCodec({
    registry: createRegistry({ url: ground.registryUrl }),
    ...{ mode: 'register', publishes: types, reads: [], topicPrefix },
  })
  await codec.start()
  let sent = 0
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  const publisher = createPublisher({
    kafka: createKafka({ clientId: 'by-hand', brokers: ground.brokers }),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    onAcknowledged: records => {
      for (const { id } of records) waiting.get(id)?.resolve()
    },
    onRefused: ({ id }, error) => waiting.get(id)?.reject(new Error(`the broker refuses it: ${error}`)),
    onLeft: (records, reason) => {
      for (const { id } of records) waiting.get(id)?.reject(new Error(`not published: ${reason}`))
    },
  })
  return {
    event(event, { id, causationId }) {
      const type = types.find(each => each.type === event.type)!
      const { fullName, topic } = type.schema
      const service = topic.slice(0, topic.indexOf('.'))
      const headers = writeHeaders({
        id,
        service,
        type: fullName,
        time: new Date(),
        sagaId: event.orderId,
        causationId,
      })
      return { topic, key: event.orderId, value: codec.encode(event, type), headers }
    },
    async publish(...records) {
      const outbound = records.map((record): OutboundRecord => {
        const { topic, key, value, headers, partition } = record
        return {
          ...{
            id: String(sent++),
            topic: topicPrefix + topic,
            key,
            value,
            headers,
            deadlineMs: Number.POSITIVE_INFINITY,
          },
          partition: partition ?? partitionOf(key ?? '', partitions),
        }
      })
      const acknowledged = outbound.map(
        ({ id }) => new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject })),
      )
      publisher.publish(outbound)
      await Promise.all(acknowledged)
    },
    end: () => publisher.close(),
  }
}
