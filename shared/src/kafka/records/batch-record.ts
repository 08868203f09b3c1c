import { Cursor } from './cursor.ts'
import { findHeader, type HeaderValues, readHeaders } from './read-headers.ts'

/** What the records of a batch have in common, as kafkajs tells of it (src/protocol/recordBatch/v0/decoder.js). */
export interface BatchContext {
  readonly firstOffset: string
  readonly firstTimestamp: string
  readonly partitionLeaderEpoch: number
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
  readonly lastOffsetDelta: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly maxTimestamp: string
  /** 0: when it was created; 1: when the broker appended it */
  readonly timestampType: 0 | 1
  readonly magicByte: number
}

/** A number, unless that would not be exact. */
export type Exact = number | bigint

/**
 * A record as kafkajs hands it over. Key and value are views of the bytes that the fetch brought; headers are read, and
 * numbers made text, when they are asked for.
 */
export class BatchRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly batchContext: BatchContext
  readonly attributes: number
  readonly #offset: Exact
  readonly #timestamp: Exact
  readonly #bytes: Buffer
  readonly #headersAt: number
  #headers: Readonly<Record<string, HeaderValues>> | undefined

  /** From where it stands on are its headers, which have been checked. */
  constructor(
    batchContext: BatchContext,
    attributes: number,
    offset: Exact,
    timestamp: Exact,
    key: Buffer | null,
    value: Buffer | null,
    { bytes, at }: Cursor,
  ) {
    this.batchContext = batchContext
    this.attributes = attributes
    this.#offset = offset
    this.#timestamp = timestamp
    this.key = key
    this.value = value
    this.#bytes = bytes
    this.#headersAt = at
  }

  get offset(): string {
    return String(this.#offset)
  }
  get exactOffset(): bigint {
    return BigInt(this.#offset)
  }
  get timestamp(): string {
    return String(this.#timestamp)
  }
  get timestampMs(): number {
    return Number(this.#timestamp)
  }
  get magicByte(): number {
    return this.batchContext.magicByte
  }
  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch
  }
  get headers(): Readonly<Record<string, HeaderValues>> {
    this.#headers ??= readHeaders(this.#cursor())
    return this.#headers
  }
  /** What `headers` has of this name, which is ASCII; no other header is read. */
  header(name: string): HeaderValues | undefined {
    return findHeader(this.#cursor(), name)
  }

  #cursor(): Cursor {
    return new Cursor(this.#bytes, this.#headersAt, this.#bytes.length)
  }
}
