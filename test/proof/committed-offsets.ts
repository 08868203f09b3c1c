import type { ServiceName } from '../../infra/shop/topics.ts'
import { createKafka } from '../../shared/src/kafka/client.ts'
import type { RunningShop } from '../e2e/running-shop.ts'
import { eventTypesReadBy } from './readers.ts'

/** By `topic/partition`, without the shop's prefix: the first record that is not done. */
export type CommittedOffsets = ReadonlyMap<string, number>

export async function committedOffsets(
  shop: Pick<RunningShop, 'ground' | 'topicPrefix'>,
  service: ServiceName,
): Promise<CommittedOffsets> {
  const topics = [...new Set(eventTypesReadBy(service).map(({ schema }) => shop.topicPrefix + schema.topic))]
  const admin = createKafka({ clientId: 'offsets', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  try {
    const committed = await admin.fetchOffsets({ groupId: shop.topicPrefix + service, topics })
    return new Map(
      committed.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [
          `${topic.slice(shop.topicPrefix.length)}/${partition}`,
          Number(offset),
        ]),
      ),
    )
  } finally {
    await admin.disconnect()
  }
}
