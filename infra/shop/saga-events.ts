import * as events from 'shop-schemas'
import { createKafka, type Logger } from '../../shared/src/kafka/client.ts'
import { readHeaders } from '../../shared/src/kafka/cloudevents.ts'
import { createCodec } from '../../shared/src/kafka/codec.ts'
import { consume, type FetchedRecord } from '../../shared/src/kafka/consume.ts'
import { createRegistry } from '../../shared/src/kafka/registry.ts'
import type { Ground } from './shop.ts'

/** One event as the topics tell it. */
export interface SagaEvent {
  readonly id: string
  readonly sagaId: string
  readonly time: Date
  readonly service: string
  /** `OrderPlaced` */
  readonly type: string
  /** The id of the message that was reacted to: an event, a command or a timer (see cause.ts). */
  readonly causationId: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
}

const types = Object.values(events)
const topics = [...new Set(types.map(type => type.schema.topic))]

/**
 * Follows all event topics of the shop as any reader would: a group of its own, no database, no service imported. The group
 * keeps its place, so that the next start does not tell old sagas again.
 */
export async function followSagas(
  { brokers, registryUrl }: Pick<Ground, 'brokers' | 'registryUrl'>,
  onEvents: (events: SagaEvent[]) => void,
) {
  const codec = createCodec({
    registry: createRegistry({ url: registryUrl }),
    mode: 'lookup',
    publishes: [],
    reads: types,
  })

  /** What cannot be read is not ours to judge: the services keep it as dead letters. */
  function decode(value: Buffer | null) {
    try {
      return codec.decode(value)
    } catch {
      return undefined
    }
  }
  function read({ headers, key, value, timestampMs }: FetchedRecord): SagaEvent[] {
    const { id, source, time, causationId } = readHeaders(headers)
    const decoded = decode(value)
    if (!decoded?.isRead || id === undefined) return []
    const { type, kind: _, ...fields } = decoded.event as { type: string; kind: string }
    const service = source?.slice(1) ?? '?'
    return [{ id, sagaId: String(key), time: time ?? new Date(timestampMs), service, type, causationId, fields }]
  }

  const consumer = consume({
    kafka: createKafka({ clientId: 'shop-follower', brokers }),
    groupId: 'shop.follower',
    topics,
    maxBatch: 500,
    // A launcher that was killed is still a member; its successor is let in when that session ends.
    sessionTimeoutMs: 6_000,
    logger: silent,
    onBatch: async records => {
      await codec.prepare(records.map(({ value }) => value))
      // One fetch brings an event and the answers to it by topic, not by time.
      onEvents(records.flatMap(read).toSorted((a, b) => a.time.getTime() - b.time.getTime()))
    },
  })
  await consumer.run()
  return consumer
}

const ignore = () => {}
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
