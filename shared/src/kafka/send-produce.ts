import type { Broker } from './client.ts'
import type { PartitionBatch, ProducerId } from './produce-link.ts'
import { encodeProduce } from './records/encode-produce.ts'
import { sendFrame } from './send-frame.ts'

/** A connection to the leader, and Produce in the version that it speaks. */
export interface Leader {
  readonly connection: Awaited<ReturnType<Broker['connectionPool']['getConnection']>>
  readonly protocol: ReturnType<Broker['lookupRequest']>
}
export interface Produce {
  readonly producer: ProducerId
  readonly ackTimeoutMs: number
  readonly batches: readonly PartitionBatch[]
}
/** kafkajs' parsed one would have the first error only. */
export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

/** By the kit's own codec. */
export function sendEncoded({ connection, protocol }: Leader, produce: Produce): Promise<ProduceAnswer> {
  const { request, response } = protocol({ topicData: [] })
  const { apiVersion: version } = request
  const { clientId } = connection
  const frame = (correlationId: number) => encodeProduce({ ...produce, version, correlationId, clientId })
  return sendFrame(connection, request, frame, response)
}

/** By kafkajs'. */
export function sendStock({ connection, protocol }: Leader, produce: Produce): Promise<ProduceAnswer> {
  const { request, response } = protocol({
    acks: -1,
    timeout: produce.ackTimeoutMs,
    producerId: produce.producer.id,
    producerEpoch: produce.producer.epoch,
    topicData: topicData(produce.batches),
  })
  const parse = async (decoded: unknown) => decoded
  return connection.send({ request, response: { ...response, parse } })
}

function topicData(batches: readonly PartitionBatch[]) {
  const topics = Map.groupBy(batches, batch => batch.topic)
  return [...topics].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, firstSequence, timestampMs, records }) => ({
      partition,
      firstSequence,
      // The time is fixed, or a repeat would carry another one.
      messages: records.map(({ key, value, headers }) => ({ key, value, headers, timestamp: timestampMs })),
    })),
  }))
}
