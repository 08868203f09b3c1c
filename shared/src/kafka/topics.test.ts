import { expect, test } from 'vitest'
import type { Kafka } from './client.ts'
import { createTopics } from './topics.ts'

/** An admin of one broker that answers for a created topic only from the third question on. */
function slowBroker(errorType: string): Kafka {
  const created: string[] = []
  let asked = 0
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    listTopics: async () => created,
    createTopics: async ({ topics, waitForLeaders }: { topics: { topic: string }[]; waitForLeaders: boolean }) => {
      expect(waitForLeaders).toBe(false)
      created.push(...topics.map(({ topic }) => topic))
      return true
    },
    fetchTopicMetadata: async ({ topics }: { topics: string[] }) => {
      if (asked++ < 2) throw Object.assign(new Error(errorType), { type: errorType })
      return { topics: topics.map(name => ({ name, partitions: [{ replicas: [1] }] })) }
    },
    describeCluster: async () => ({ brokers: [{ nodeId: 1 }] }),
    describeConfigs: async () => ({ resources: [] }),
  }
  return { admin: () => admin } as unknown as Kafka
}
const specs = [{ name: 'orders', partitions: 1, replicationFactor: 1, config: {} }]

test.each(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'])(
  'a topic that the broker has not heard of yet (%s) is waited for',
  async type => {
    expect(await createTopics(slowBroker(type), specs)).toEqual({ created: ['orders'], differences: [] })
  },
)

test('any other answer is an error', async () => {
  await expect(createTopics(slowBroker('TOPIC_AUTHORIZATION_FAILED'), specs)).rejects.toThrow(/AUTHORIZATION/)
})
