import type { EachBatchPayload, KafkaMessage } from './client.ts'
import { BatchRecord } from './records/batch-record.ts'

type HeaderValue = Buffer | string | null
type HeaderValues = HeaderValue | HeaderValue[] | undefined

export interface FetchedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** By name; of a repeated one all values. */
  readonly headers: Readonly<Record<string, HeaderValues>>
  /** What `headers` has of a name, which is ASCII, without reading the others; not every record can do it. */
  readonly header?: (name: string) => HeaderValues
  readonly timestampMs: number
}

/** Part of what one fetch brought: at most so many records, and how far each of their partitions is done once they are. */
export interface Chunk {
  readonly records: FetchedRecord[]
  readonly upTo: Map<EachBatchPayload, string>
}

/** One array of all partitions, each in its order, cut into pieces of `most` records. */
export function chunksOf(fetched: readonly EachBatchPayload[], most: number): Chunk[] {
  const chunks: Chunk[] = []
  let chunk: Chunk | undefined
  for (const payload of fetched) {
    const { topic, partition, messages } = payload.batch
    for (let at = 0; at < messages.length; ) {
      if (!chunk || chunk.records.length === most) {
        chunk = { records: [], upTo: new Map() }
        chunks.push(chunk)
      }
      const part = messages.slice(at, at + most - chunk.records.length)
      for (const message of part) chunk.records.push(fetchedRecord(topic, partition, message))
      chunk.upTo.set(payload, part.at(-1)!.offset)
      at += part.length
    }
  }
  return chunks
}

export function fetchedRecord(topic: string, partition: number, message: KafkaMessage | BatchRecord): FetchedRecord {
  if (message instanceof BatchRecord) return new LazyRecord(topic, partition, message)
  const { offset, key, value, headers = {}, timestamp } = message
  return { topic, partition, offset: BigInt(offset), key, value, headers, timestampMs: Number(timestamp) }
}

class LazyRecord implements FetchedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestampMs: number
  readonly #record: BatchRecord

  constructor(topic: string, partition: number, record: BatchRecord) {
    this.topic = topic
    this.partition = partition
    this.offset = record.exactOffset
    this.key = record.key
    this.value = record.value
    this.timestampMs = record.timestampMs
    this.#record = record
  }

  get headers(): FetchedRecord['headers'] {
    return this.#record.headers
  }
  header(name: string): HeaderValues {
    return this.#record.header(name)
  }
}
