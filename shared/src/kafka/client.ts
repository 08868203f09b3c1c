/** The only file that imports kafkajs: the library is frozen upstream, so what must be mended in it is mended here and in mend.ts. */
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, {
  type Admin,
  type ConsumerConfig,
  type ISocketFactory,
  Kafka as Kafkajs,
  type Consumer as KafkajsConsumer,
  type KafkaMessage,
  type LogEntry,
  logLevel,
} from 'kafkajs'
import { assertKafkajsVersion, mendConnection, mendConsumerGroup, mendDecoder, mendRequestQueue } from './mend.ts'
import { mendFetch } from './mend-fetch.ts'

export type { Admin, EachBatchPayload, KafkaMessage, PartitionAssigner } from 'kafkajs'
export type { KafkajsConsumer }
// Of the default export: Node's scan of CommonJS for names does not find these.
export const { AssignerProtocol, ConfigResourceTypes, Partitioners } = kafkajs
const { CompressionCodecs, CompressionTypes } = kafkajs

/** What the kit asks of a logger; a pino logger is one. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface KafkaOptions {
  readonly clientId: string
  /** host:port of the bootstrap brokers. */
  readonly brokers: readonly string[]
  readonly logger?: Logger
  /** Who writes and reads record batches; both do the same, the kit's own (the default) at a fraction of the cost. */
  readonly recordCodec?: RecordCodec
  /** For tests: where a connection to this address really goes (a proxy that loses answers). */
  readonly redirect?: (address: Address) => Address
}
/** `stock`: kafkajs. */
export type RecordCodec = 'own' | 'stock'

interface Address {
  readonly host: string
  readonly port: number
}

/** Every call makes a client of its own, with its own connections. */
export interface Kafka {
  consumer(config: ConsumerConfig): KafkajsConsumer
  admin(): Admin
  /** The connections and metadata below kafkajs' producer; produce-link.ts says why not the producer itself. */
  cluster(): Cluster
}

/** The parts of kafkajs' Cluster and Broker (src/cluster, src/broker) that publish.ts and read-topic.ts stand on; kafkajs has no types for them. */
export interface Cluster {
  readonly recordCodec: RecordCodec
  connect(): Promise<void>
  disconnect(): Promise<void>
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<readonly { readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[]
  findControllerBroker(): Promise<Broker>
  findBroker(o: { readonly nodeId: number }): Promise<Broker>
}
export interface Broker {
  initProducerId(o: {
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
  fetch(o: object): Promise<{
    readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[] }[]
  }>
  lookupRequest(
    apiKey: number,
    definitions: unknown,
  ): (o: object) => { readonly request: Api; readonly response: { decode(payload: Buffer): Promise<any> } }
  readonly connectionPool: { getConnection(index: number): Promise<Connection> }
}
/** What kind of request it is. */
export interface Api {
  readonly apiKey: number
  readonly apiName: string
  readonly apiVersion: number
}
/** Of src/network/connection what send-produce.ts stands on. */
export interface Connection {
  readonly clientId: string
  readonly socket: { write(bytes: Buffer): unknown }
  readonly requestQueue: { push(request: object): void; maybeThrottle(ms: number): void }
  send(o: object): Promise<any>
  authenticate(): Promise<void>
  failIfNotConnected(): void
  nextCorrelationId(): number
}
export type FetchedMessage = KafkaMessage & {
  readonly isControlRecord: boolean
  /** Compaction takes records out of a batch, but a batch keeps the offsets that it had. */
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number }
}

// Node brings zstd, which Java producers like; kafkajs knows gzip only. For snappy and lz4 the start checks refuse the topic.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) => promisify(zstdCompress)(buffer),
  decompress: (buffer: Buffer) => promisify(zstdDecompress)(buffer),
})

const require = createRequire(import.meta.url)
assertKafkajsVersion(require('kafkajs/package.json').version)
mendRequestQueue(require('kafkajs/src/network/requestQueue'))
mendConnection(require('kafkajs/src/network/connection'))
mendConsumerGroup(require('kafkajs/src/consumer/consumerGroup'))
mendDecoder(require('kafkajs/src/protocol/decoder'))
mendFetch(require)

/** Produce, as kafkajs defines it for the versions it speaks: its encoder and decoder. */
export const produceApi = { key: 0, definitions: require('kafkajs/src/protocol/requests').requests.Produce as unknown }

export function createKafka(o: KafkaOptions): Kafka {
  const { clientId, brokers, logger, recordCodec = 'own', redirect = address => address } = o
  const log = bridge(logger)
  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect(redirect({ host, port }), onConnect)
    // Requests are written whole; Nagle would hold the second of two until the first is acknowledged.
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 10_000)
    return socket
  }
  const client = (requestTimeout: number) =>
    new Kafkajs({
      clientId,
      brokers: [...brokers],
      connectionTimeout: 3_000,
      requestTimeout,
      // All of them are named: under NODE_ENV=test kafkajs takes other defaults, and tests would prove nothing.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 5 },
      logLevel: logger ? logLevel.INFO : logLevel.NOTHING,
      logCreator: () => log,
      // For mend-fetch.ts, since the factory is the one thing of ours that reaches kafkajs' connections.
      socketFactory: Object.assign(socketFactory, { recordCodec }),
    })
  return {
    // A Kafkajs of their own each: consumers of one Kafkajs share a map of committed offsets by group
    // (src/index.js, PRIVATE.OFFSETS), so two members of a group in one process would overwrite each other's.
    consumer: config => client(15_000).consumer({ allowAutoTopicCreation: false, ...config }),
    admin: () => client(15_000).admin(),
    cluster: () => Object.assign(clusterOf(client(5_000)), { recordCodec }),
  }
}

function clusterOf(kafkajs: Kafkajs): Omit<Cluster, 'recordCodec'> {
  const create = Object.getOwnPropertySymbols(kafkajs).find(
    symbol => symbol.description === 'private:Kafka:createCluster',
  )
  if (!create)
    throw new Error('kafkajs has no private:Kafka:createCluster; the publisher was written for kafkajs 2.2.4')
  return (kafkajs as any)[create]({ metadataMaxAge: 300_000, allowAutoTopicCreation: false })
}

/**
 * kafkajs calls errors what it then tries again: nothing of it is above a warning, and its information is our debug. While a
 * broker is away it says the same several times a second: once in 10 s is a warning.
 */
function bridge(logger: Logger | undefined): (entry: LogEntry) => void {
  const warned = new Map<string, number>()
  return ({ namespace, level, log }) => {
    const { message, timestamp: _, ...details } = log
    const nowMs = performance.now()
    const isNews = level <= logLevel.WARN && nowMs - (warned.get(message) ?? -Infinity) > 10_000
    if (warned.size > 100) warned.clear()
    if (isNews) warned.set(message, nowMs)
    logger?.[isNews ? 'warn' : 'debug']({ ...details, logger: `kafkajs.${namespace}` }, message)
  }
}
