import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker, Cluster, FetchedMessage, Kafka } from './client.ts'
import { type FetchedRecord, fetchedRecord } from './fetched.ts'

export class NoSuchTopic extends Error {}

/** Of one partition in one answer; the broker sends a larger batch whole. */
const fetchBytes = 10 * 1024 * 1024

/**
 * All that stands on a topic now, partition by partition in its order; what comes later is left. Without a consumer group:
 * whoever only looks must not be a member that others rebalance for, nor leave offsets behind.
 * @throws NoSuchTopic
 */
export async function* readTopic(kafka: Pick<Kafka, 'cluster'>, topic: string): AsyncGenerator<FetchedRecord> {
  const cluster = kafka.cluster()
  try {
    await cluster.connect()
    await cluster.addMultipleTargetTopics([topic]).catch(error => {
      throw error.type === 'UNKNOWN_TOPIC_OR_PARTITION' ? new NoSuchTopic(`there is no topic ${topic}`) : error
    })
    const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }))
    const offsets = async (fromBeginning: boolean) => {
      const [found] = await again(cluster, () => cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]))
      return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))
    }
    const first = await offsets(true)
    // The broker names them in any order.
    for (const [partition, end] of [...(await offsets(false))].sort(([a], [b]) => a - b))
      yield* readPartition(cluster, topic, partition, first.get(partition) ?? 0n, end)
  } finally {
    await cluster.disconnect()
  }
}

async function* readPartition(cluster: Cluster, topic: string, partition: number, first: bigint, end: bigint) {
  for (let at = first; at < end; ) {
    const messages = await fetch(cluster, topic, partition, at)
    for (const message of messages) {
      const offset = BigInt(message.offset)
      // A batch is sent whole, from before the offset that was asked for.
      if (offset < at || offset >= end || message.isControlRecord) continue
      yield fetchedRecord(topic, partition, message)
    }
    const last = messages.at(-1)
    // Compaction leaves batches without records at the end of a log, which kafkajs does not tell of: nothing more is there.
    if (!last) return
    at = BigInt(last.batchContext.firstOffset) + BigInt(last.batchContext.lastOffsetDelta) + 1n
  }
}

const fetch = (cluster: Cluster, topic: string, partition: number, at: bigint): Promise<readonly FetchedMessage[]> =>
  again(cluster, async () => {
    const leader = cluster.findTopicPartitionMetadata(topic).find(p => p.partitionId === partition)?.leader
    const broker: Broker = await cluster.findBroker({ nodeId: leader ?? -1 })
    const { responses } = await broker.fetch({
      ...{ replicaId: -1, isolationLevel: 1, maxWaitTime: 1_000, minBytes: 1, maxBytes: fetchBytes },
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(at), maxBytes: fetchBytes }] }],
    })
    return responses[0]?.partitions[0]?.messages ?? []
  })

/** The leader has moved, the topic was made a moment ago, or the broker was started again. */
async function again<T>(cluster: Cluster, ask: () => Promise<T>): Promise<T> {
  for (let triesLeft = 5; ; triesLeft--) {
    try {
      return await ask()
    } catch (error) {
      if (triesLeft === 0) throw error
      await sleep(200)
      await cluster.refreshMetadata()
    }
  }
}
