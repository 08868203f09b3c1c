/** kafkajs' own encoder and decoder of record batches, against which ours are held, and what is needed to hand them batches. */
import { createRequire } from 'node:module'
import type { BatchContext } from './batch-record.ts'
// For the zstd that client.ts adds, and the mended headers.
import '../client.ts'

const require = createRequire(import.meta.url)
const stock = (path: string) => require(`kafkajs/src/${path}`)

export interface StockRecord {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>
  readonly timestamp?: number
}
export interface StockMessage {
  readonly magicByte: number
  readonly attributes: number
  readonly timestamp: string
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: object
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
}

interface Encoder {
  readonly buffer: Buffer
}
interface ProduceArguments {
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
  readonly timeout: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly topicData: readonly object[]
}

/** A Produce request as it goes over the wire. */
export async function stockProduce(o: ProduceArguments): Promise<Buffer> {
  const { version, correlationId, clientId } = o
  const { request } = stock('protocol/requests/produce').protocol({ version })({ acks: -1, ...o })
  return ((await stock('protocol/request')({ correlationId, clientId, request })) as Encoder).buffer
}

/** One record batch; what is left out is as kafkajs' producer has it. */
export async function stockBatch(
  records: readonly StockRecord[],
  o: { compression?: number; firstOffset?: bigint; transactional?: boolean; producerId?: string } = {},
): Promise<Buffer> {
  const encodeRecord = stock('protocol/recordBatch/record/v0')
  const firstTimestamp = records[0]?.timestamp ?? 1
  const encoded = records.map(({ timestamp = firstTimestamp, ...record }, offsetDelta) =>
    encodeRecord({ ...record, offsetDelta, timestampDelta: timestamp - firstTimestamp }),
  )
  const maxTimestamp = Math.max(...records.map(({ timestamp = firstTimestamp }) => timestamp))
  const batch = await stock('protocol/recordBatch/v0').RecordBatch({
    ...{ firstTimestamp, maxTimestamp, lastOffsetDelta: records.length - 1, records: encoded, ...o },
  })
  return (batch as Encoder).buffer
}

/** What kafkajs, as mended, makes of an answer to Fetch. */
export function stockFetch(payload: Buffer): Promise<FetchAnswer<StockMessage>> {
  return stock('protocol/requests/fetch/v11/response').decode(payload)
}
export interface FetchAnswer<Message> {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly messages: readonly Message[] }[]
  }[]
}

/** What an answer to Fetch says besides what it brings; that of a partition is the same for all. */
export interface FetchFrame {
  readonly throttleMs?: number
  readonly errorCode?: number
  readonly sessionId?: number
  readonly partitionErrorCode?: number
  readonly preferredReplica?: number
  /** The array of aborted transactions of a partition that has none is null. */
  readonly nullArrays?: boolean
}

/** An answer to Fetch of version 11, which brings these bytes of each partition of each topic. */
export function fetchAnswer(topics: Readonly<Record<string, readonly Buffer[]>>, frame: FetchFrame = {}): Buffer {
  const { throttleMs = 0, errorCode = 0, sessionId = 0, partitionErrorCode = 0, preferredReplica = -1 } = frame
  const Encoder = stock('protocol/encoder')
  // kafkajs takes an empty array for null.
  const writeArray = frame.nullArrays ? 'writeNullableArray' : 'writeArray'
  const partition = (bytes: Buffer, i: number) =>
    new Encoder()
      .writeInt32(i)
      .writeInt16(partitionErrorCode)
      .writeInt64(1_000 + i)
      .writeInt64(900 + i)
      .writeInt64(i)
      [writeArray](i === 0 ? [] : [new Encoder().writeInt64(77).writeInt64(i)])
      .writeInt32(preferredReplica)
      .writeBytes(bytes)
  const answer = new Encoder()
    .writeInt32(throttleMs)
    .writeInt16(errorCode)
    .writeInt32(sessionId)
    .writeArray(
      Object.entries(topics).map(([name, sets]) => new Encoder().writeString(name).writeArray(sets.map(partition))),
    )
  return answer.buffer
}

/** kafkajs' own producer, which can do transactions; the kit has none. */
export function stockProducer(brokers: readonly string[], transactionalId: string): Producer {
  const { Kafka, logLevel } = require('kafkajs')
  return new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({ transactionalId, maxInFlightRequests: 1 })
}
interface Producer {
  connect(): Promise<void>
  disconnect(): Promise<void>
  transaction(): Promise<{
    send(o: { topic: string; messages: readonly { key: string | null; value: string }[] }): Promise<unknown>
    commit(): Promise<void>
    abort(): Promise<void>
  }>
}
