import { type Cluster, produceApi } from './client.ts'
import { type ProduceAnswer, sendEncoded, sendStock } from './send-produce.ts'

/** An id under which the broker counts batches per partition; `next` is the sequence number of a partition's next record. */
export interface ProducerId {
  readonly id: string
  readonly epoch: number
  readonly next: Map<string, number>
}

export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly firstSequence: number
  readonly timestampMs: number
  readonly records: readonly {
    readonly key: Buffer | string | null
    readonly value: Buffer | null
    readonly headers: Readonly<Record<string, string | Buffer>>
  }[]
}

export interface SendLimits {
  /** How long the broker may wait for the replicas before it says REQUEST_TIMED_OUT. */
  readonly ackTimeoutMs: number
  readonly notAfterMs: number
}

/** Nothing of the request has left this process. */
export class NotSent extends Error {}

export interface ProduceLink {
  /** From cached metadata; undefined when it is not known or there is none. */
  leaderOf(topic: string, partition: number): number | undefined
  refresh(topics: readonly string[]): Promise<void>
  newProducerId(): Promise<ProducerId>
  /**
   * One request, acks=all. Resolves with the broker's error code of each batch, in their order (0: taken).
   * @param o.notAfterMs `performance.now()`: connecting may take seconds, and what is sent then for the first time is late
   * @throws NotSent if nothing was written; on any other error the broker may or may not have taken the batches
   */
  produce(leader: number, producer: ProducerId, batches: readonly PartitionBatch[], o: SendLimits): Promise<number[]>
  close(): Promise<void>
}

/**
 * Produce requests below kafkajs' producer, which cannot keep rule 25 (src/producer/sendMessages.js, eosManager, broker):
 * - Any error gives the sequence numbers back (`updateSequence(-n)`); between its tries the broker's lock is free, and another
 *   batch of the partition takes the number of one that may have been appended: acknowledged as a duplicate, and lost.
 * - The response is parsed to the first error of any partition (produce/v3/response.js); which others were taken is gone.
 * - `responsePerBroker` outlives a try: a partition that moves to a broker which has already answered for another partition is
 *   never sent, and acknowledged all the same.
 * - The lock per broker is held while a request has no answer, so that one slow partition stops all others of its leader.
 * Here the sequence belongs to the caller, and the answer is given for each partition.
 */
export function produceLink(cluster: Cluster): ProduceLink {
  let closed = false

  /** What was under way when the link was closed may have connected again, and would keep the process alive. */
  async function unlessClosed<T>(use: () => Promise<T>): Promise<T> {
    if (closed) throw new NotSent('the link is closed')
    try {
      return await use()
    } finally {
      if (closed) await cluster.disconnect()
    }
  }

  return {
    leaderOf(topic, partition) {
      try {
        const leader = cluster.findTopicPartitionMetadata(topic).find(p => p.partitionId === partition)?.leader
        return leader === undefined || leader < 0 ? undefined : leader
      } catch {
        return undefined // no metadata yet
      }
    },
    refresh: topics =>
      unlessClosed(async () => {
        await cluster.connect()
        // One by one: a topic that does not exist fails the request for all that are asked for with it.
        for (const topic of topics) await cluster.addMultipleTargetTopics([topic])
        await cluster.refreshMetadata()
      }),
    newProducerId: () =>
      unlessClosed(async () => {
        await cluster.connect()
        await cluster.refreshMetadata()
        const broker = await cluster.findControllerBroker()
        const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: 60_000 })
        return { id: producerId, epoch: producerEpoch, next: new Map() }
      }),
    produce: (leader, producer, batches, { ackTimeoutMs, notAfterMs }) =>
      unlessClosed(async () => {
        const { connection, protocol } = await connect(cluster, leader)
        if (performance.now() > notAfterMs) throw new NotSent('connected too late')
        const send = cluster.recordCodec === 'own' ? sendEncoded : sendStock
        return codesOf(await send({ connection, protocol }, { producer, ackTimeoutMs, batches }), batches)
      }),
    async close() {
      closed = true
      await cluster.disconnect()
    },
  }
}

function codesOf({ topics }: ProduceAnswer, batches: readonly PartitionBatch[]): number[] {
  const codes = new Map(topics.flatMap(t => t.partitions.map(p => [`${t.topicName}/${p.partition}`, p.errorCode])))
  return batches.map(({ topic, partition }) => {
    const code = codes.get(`${topic}/${partition}`)
    if (code === undefined) throw new Error(`the broker's answer does not name ${topic}/${partition}`)
    return code
  })
}

async function connect(cluster: Cluster, nodeId: number) {
  try {
    const broker = await cluster.findBroker({ nodeId })
    return {
      connection: await broker.connectionPool.getConnection(0),
      protocol: broker.lookupRequest(produceApi.key, produceApi.definitions),
    }
  } catch (error) {
    throw new NotSent('no connection to the leader', { cause: error })
  }
}
