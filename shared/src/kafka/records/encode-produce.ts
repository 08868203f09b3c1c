import type { PartitionBatch, ProducerId } from '../produce-link.ts'
import { charactersOf, type Measure, notAscii, sizeBatch, writeBatch } from './encode-batch.ts'

export interface ProduceRequest {
  /** Of the protocol; versions 3 to 7 are alike. */
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
  readonly producer: Pick<ProducerId, 'id' | 'epoch'>
  /** How long the broker may wait for the replicas. */
  readonly ackTimeoutMs: number
  readonly batches: readonly PartitionBatch[]
}

/** A Produce request with acks=all as it goes over the wire, in one buffer. https://kafka.apache.org/protocol#The_Messages_Produce */
export function encodeProduce(request: ProduceRequest): Buffer {
  try {
    return encode(request, charactersOf)
  } catch (error) {
    if (error !== notAscii) throw error
    return encode(request, Buffer.byteLength)
  }
}

const produceKey = 0
/** Length, API key, version, correlation id; transactional id, acks, timeout, number of topics. */
const fixedBytes = 12 + 12

function encode(request: ProduceRequest, measure: Measure): Buffer {
  const { producer, batches } = request
  const producerId = BigInt(producer.id)
  const topics = [...Map.groupBy(batches, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name: Buffer.from(name),
    partitions: ofTopic.map(({ partition, firstSequence, timestampMs, records }) => ({
      partition,
      sized: sizeBatch({ producerId, producerEpoch: producer.epoch, firstSequence, timestampMs, records }, measure),
    })),
  }))
  const clientId = Buffer.from(request.clientId)
  let bytes = fixedBytes + 2 + clientId.length
  for (const { name, partitions } of topics)
    bytes += partitions.reduce((ofTopic, { sized }) => ofTopic + 8 + sized.bytes, 6 + name.length)

  const into = Buffer.allocUnsafe(bytes)
  let at = into.writeInt32BE(bytes - 4, 0)
  at = into.writeInt16BE(produceKey, at)
  at = into.writeInt16BE(request.version, at)
  at = into.writeInt32BE(request.correlationId, at)
  at = writeString(into, at, clientId)
  at = into.writeInt16BE(-1, at) // no transactional id
  at = into.writeInt16BE(-1, at) // acks=all
  at = into.writeInt32BE(request.ackTimeoutMs, at)
  at = into.writeInt32BE(topics.length, at)
  for (const { name, partitions } of topics) {
    at = writeString(into, at, name)
    at = into.writeInt32BE(partitions.length, at)
    for (const { partition, sized } of partitions) {
      at = into.writeInt32BE(partition, at)
      at = into.writeInt32BE(sized.bytes, at)
      at = writeBatch(into, at, sized, measure)
    }
  }
  return into
}

function writeString(into: Buffer, at: number, text: Buffer): number {
  const start = into.writeInt16BE(text.length, at)
  return start + text.copy(into, start)
}
