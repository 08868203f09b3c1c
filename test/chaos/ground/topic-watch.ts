import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { createKafka, type Logger } from '../../../shared/src/kafka/client.ts'
import { readHeaders } from '../../../shared/src/kafka/cloudevents.ts'
import { consume, type FetchedRecord } from '../../../shared/src/kafka/consume.ts'
import { FirstCopies } from '../../../shared/src/testing/simulation/first-copies.ts'
import { until } from '../../e2e/until.ts'
import { createSample } from './sample.ts'

export const eventsTopic = (service: ServiceName) => `${service}.events.v1`

export interface TopicWatch {
  /** Records that stand on the event topics: from all of the run, and the newest. */
  some(count: number): FetchedRecord[]
  /** `OrderPlaced`, of the records from this offset on. */
  typesFrom(topic: string, partition: number, offset: number): readonly string[]
  /** Different events by type, and how many records repeat one. */
  readonly events: ReadonlyMap<string, number>
  readonly repeats: number
  readonly letters: number
  /** First copies that came before one that was committed earlier, and copies that are not what they copy. */
  readonly outOfOrder: readonly string[]
  readonly differentCopies: readonly string[]
  /** Resolves when everything has been read that stands on the topics now. */
  caughtUp(limitMs: number): Promise<void>
  stop(): Promise<void>
}

/** What must come after what, in one saga, on one topic: its publisher commits them in this order. */
const ranks: Readonly<Record<string, number>> = {
  ...{ OrderPlaced: 0, OrderConfirmed: 1, OrderCancelled: 1, RefundRequested: 2, OrderRefunded: 3 },
  ...{ StockReserved: 0, StockRejected: 0, StockCommitted: 1, StockReleased: 2, StockReturned: 2 },
  ...{ BalanceDeducted: 0, BalanceRejected: 0, BalanceRefunded: 1, NotificationSent: 0 },
}

/** Reads all topics as anybody can, past the links, and judges what stands on them. */
export function watchTopics(brokers: readonly string[]): TopicWatch {
  const kafka = createKafka({ clientId: 'chaos-watch', brokers })
  const topics = serviceNames.flatMap(name => [eventsTopic(name), `${name}.dlq`])
  const sample = createSample<FetchedRecord>()
  const typesAt = new Map<string, string[]>()
  const events = new Map<string, number>()
  const copies = new FirstCopies(record => ranks[typeOf(record)] ?? 0)
  let letters = 0

  function take(record: FetchedRecord): void {
    const place = `${record.topic}/${record.partition}`
    const types = typesAt.get(place) ?? []
    typesAt.set(place, types)
    // Ours is a consumer like any other: what it had read may be delivered again.
    if (Number(record.offset) < types.length) return
    const type = typeOf(record)
    types[Number(record.offset)] = type
    if (record.topic.endsWith('.dlq')) {
      letters++
      return
    }
    sample.add(keepable(record))
    if (copies.take(record)) events.set(type, (events.get(type) ?? 0) + 1)
  }

  const consumer = consume({
    ...{ kafka, groupId: 'chaos-watch', topics, maxBatch: 2_000, sessionTimeoutMs: 30_000, logger: silent },
    onBatch: async records => records.forEach(take),
  })
  void consumer.run()

  return {
    ...{ some: sample.some, events, outOfOrder: copies.outOfOrder, differentCopies: copies.differentCopies },
    typesFrom: (topic, partition, offset) => typesAt.get(`${topic}/${partition}`)?.slice(offset) ?? [],
    get repeats() {
      return copies.repeats
    },
    get letters() {
      return letters
    },
    async caughtUp(limitMs) {
      const admin = kafka.admin()
      await admin.connect()
      try {
        for (const topic of topics)
          for (const { partition, high } of await admin.fetchTopicOffsets(topic))
            await until(
              `${topic}/${partition} is read up to ${high}`,
              () => (typesAt.get(`${topic}/${partition}`)?.length ?? 0) >= Number(high),
              { limitMs },
            )
      } finally {
        await admin.disconnect()
      }
    },
    stop: () => consumer.stop(),
  }
}

/** Out of the buffer of the fetch that brought it, which would be kept with it. */
const keepable = (record: FetchedRecord): FetchedRecord => ({
  ...record,
  key: record.key && Buffer.from(record.key),
  value: record.value && Buffer.from(record.value),
  headers: Object.fromEntries(
    Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(String(value))]),
  ),
})

/** `OrderPlaced` of `shop.order.OrderPlaced`. */
function typeOf({ headers }: FetchedRecord): string {
  const { type: fullName = '?' } = readHeaders(headers)
  return fullName.slice(fullName.lastIndexOf('.') + 1)
}

const ignore = () => {}
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
