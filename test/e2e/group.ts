import type { ServiceName } from '../../infra/shop/topics.ts'
import { createKafka } from '../../shared/src/kafka/client.ts'
import type { RunningShop } from './running-shop.ts'

/** How many members the broker counts in a service's group: one that left is gone at once, one that died after its session. */
export async function membersOf(
  shop: Pick<RunningShop, 'ground' | 'topicPrefix'>,
  service: ServiceName,
): Promise<number> {
  const admin = createKafka({ clientId: 'members', brokers: shop.ground.brokers }).admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([shop.topicPrefix + service])
    return groups[0]!.members.length
  } finally {
    await admin.disconnect()
  }
}
