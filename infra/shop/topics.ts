import { createKafka } from 'saga-kit/kafka'
import { createTopics, topicSpecs } from 'saga-kit/topics'

/** The participants of the shop, each with its port when it runs on a developer's machine. */
export const services = { order: 3001, inventory: 3002, balance: 3003, notification: 3004 } as const
export type ServiceName = keyof typeof services
export const serviceNames = Object.keys(services) as ServiceName[]

/** The one place where the shop's topics are created. Gives the names of those that are not as they should be, and why. */
export async function createShopTopics(o: {
  brokers: readonly string[]
  prefix: string
  partitions: number
  replicationFactor: number
}): Promise<string[]> {
  const specs = serviceNames.flatMap(service => topicSpecs({ service, eventsTopic: `${service}.events.v1`, ...o }))
  const distinct = [...new Map(specs.map(spec => [spec.name, spec])).values()]
  const { differences } = await createTopics(createKafka({ clientId: 'shop-topics', brokers: o.brokers }), distinct)
  return differences
}
