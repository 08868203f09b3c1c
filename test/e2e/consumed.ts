import type { ServiceName } from '../../infra/shop/topics.ts'
import { createKafka } from '../../shared/src/kafka/client.ts'
import type { RunningShop } from './running-shop.ts'
import { until } from './until.ts'

/**
 * Resolves when the services have committed every offset of what stands on the topics that they read: since offsets are
 * committed after the database, everything has then had its effect or stands in `waiting`. `topics`, without the prefix, if not all.
 */
export async function untilConsumed(
  shop: Pick<RunningShop, 'ground' | 'topicPrefix'>,
  services: readonly ServiceName[],
  o: { limitMs?: number; topics?: readonly string[] } = {},
): Promise<void> {
  const admin = createKafka({ clientId: 'consumed', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  try {
    for (const service of services) {
      const topics = (o.topics ?? readTopics[service].map(name => `${name}.events.v1`)).map(
        name => shop.topicPrefix + name,
      )
      const behind = async () => {
        const committed = await admin.fetchOffsets({ groupId: shop.topicPrefix + service, topics })
        const lines = await Promise.all(
          committed.map(async ({ topic, partitions }) => {
            const ends = await admin.fetchTopicOffsets(topic)
            return ends.flatMap(({ partition, high, low }) => {
              const done = Number(partitions.find(p => p.partition === partition)?.offset ?? -1)
              return Math.max(done, Number(low)) < Number(high) ? [`${topic}/${partition}: ${done} of ${high}`] : []
            })
          }),
        )
        return lines.flat()
      }
      await until(`${service} has consumed its topics`, async () => (await behind()).length === 0, {
        ...{ limitMs: o.limitMs ?? 60_000, everyMs: 100, seen: behind },
      })
    }
  } finally {
    await admin.disconnect()
  }
}

const readTopics: Readonly<Record<ServiceName, readonly ServiceName[]>> = {
  order: ['inventory', 'balance'],
  inventory: ['order', 'balance'],
  balance: ['inventory', 'order'],
  notification: ['order'],
}
