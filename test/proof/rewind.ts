import type { ServiceName } from '../../infra/shop/topics.ts'
import { type Admin, createKafka } from '../../shared/src/kafka/client.ts'
import type { RunningShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { eventTypesReadBy } from './readers.ts'

/** Where a group begins again: at the earliest records there are, or at the first since a moment. */
export type RewindTo = 'earliest' | Date

/**
 * Moves a service's group back on all its topics, as an operator does. The group must have no member: call it when all
 * instances are stopped; for one that was killed it waits until its session has run out.
 */
export async function rewind(
  shop: Pick<RunningShop, 'ground' | 'topicPrefix'>,
  service: ServiceName,
  to: RewindTo,
): Promise<void> {
  const groupId = shop.topicPrefix + service
  const topics = [...new Set(eventTypesReadBy(service).map(({ schema }) => shop.topicPrefix + schema.topic))]
  const kafka = createKafka({ clientId: 'rewind', brokers: shop.ground.brokers })
  const admin = kafka.admin()
  // kafkajs' admin does this too, with a member of the group whose fetches last 5 s, for one topic at a time.
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 20 })
  await Promise.all([admin.connect(), consumer.connect()])
  try {
    await until(
      `the group of ${service} is empty`,
      async () => (await admin.describeGroups([groupId])).groups[0]!.members.length === 0,
    )
    const offsets = await Promise.all(topics.map(topic => offsetsAt(admin, topic, to)))
    const joined = new Promise(resolve => consumer.on(consumer.events.GROUP_JOIN, resolve))
    await consumer.subscribe({ topics })
    await consumer.run({ autoCommit: false, eachBatch: async () => undefined })
    await joined
    await consumer.commitOffsets(offsets.flat())
  } finally {
    await Promise.all([admin.disconnect(), consumer.disconnect()])
  }
}

async function offsetsAt(admin: Admin, topic: string, to: RewindTo) {
  const found =
    to === 'earliest'
      ? (await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => ({ partition, offset: low }))
      : await admin.fetchTopicOffsetsByTimestamp(topic, to.getTime())
  return found.map(({ partition, offset }) => ({ topic, partition, offset }))
}
