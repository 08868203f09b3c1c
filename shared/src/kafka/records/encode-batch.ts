import { crc32c } from './crc32c.ts'
import { sizeOfVarint, writeVarint } from './varint.ts'

export interface EncodableBatch {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly firstSequence: number
  /** Of all its records: a repeat must not carry another one. */
  readonly timestampMs: number
  readonly records: readonly EncodableRecord[]
}
export interface EncodableRecord {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  /** A list is the header so many times. */
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
}
type HeaderValue = string | Buffer | null

/** How many bytes a text takes. */
export type Measure = (text: string) => number

/** Said in the middle of writing by a text that has more bytes than `charactersOf` said. */
export const notAscii = new Error('a text is longer in UTF-8 than it was taken for')

/** Below this a text is written character by character, which is cheaper than a call into Node. */
const fewCharacters = 100

/** Right for ASCII, which nearly every key and header is; nothing has to be looked at twice then. */
export const charactersOf: Measure = text => (text.length <= fewCharacters ? text.length : Buffer.byteLength(text))

/** From the first offset to the number of records. */
const headBytes = 61
/** What the batch's length does not count: the first offset, and itself. */
const outsideBytes = 12
const crcAt = 17
const attributesAt = 21

export interface SizedBatch {
  readonly batch: EncodableBatch
  readonly bytes: number
  /** Of each record, without its own length. */
  readonly sizes: readonly number[]
}

export function sizeBatch(batch: EncodableBatch, measure: Measure): SizedBatch {
  const sizes = batch.records.map((record, i) => sizeOfRecord(record, i, measure))
  return { batch, sizes, bytes: sizes.reduce((bytes, size) => bytes + sizeOfVarint(size) + size, headBytes) }
}

/**
 * A record batch of format 2, not compressed, as kafkajs writes it (https://kafka.apache.org/documentation/#recordbatch). Gives
 * the place behind it.
 * @throws notAscii, when sizes were measured by `charactersOf` and it was wrong
 */
export function writeBatch(into: Buffer, start: number, { batch, bytes, sizes }: SizedBatch, measure: Measure): number {
  const { records, timestampMs } = batch
  into.writeBigInt64BE(0n, start) // first offset
  into.writeInt32BE(bytes - outsideBytes, start + 8)
  into.writeInt32BE(0, start + 12) // partition leader epoch
  into[start + 16] = 2 // magic
  into.writeInt16BE(0, start + attributesAt)
  into.writeInt32BE(records.length - 1, start + 23) // last offset delta
  into.writeBigInt64BE(BigInt(timestampMs), start + 27)
  into.writeBigInt64BE(BigInt(timestampMs), start + 35)
  into.writeBigInt64BE(batch.producerId, start + 43)
  into.writeInt16BE(batch.producerEpoch, start + 51)
  into.writeInt32BE(batch.firstSequence, start + 53)
  into.writeInt32BE(records.length, start + 57)
  let at = start + headBytes
  for (let i = 0; i < records.length; i++) {
    at = writeVarint(into, at, sizes[i]!)
    at = writeRecord(into, at, records[i]!, i, measure)
  }
  into.writeUInt32BE(crc32c(into, start + attributesAt, at), start + crcAt)
  return at
}

function sizeOfRecord({ key, value, headers }: EncodableRecord, offset: number, measure: Measure): number {
  // Attributes and the timestamp's delta, which is 0, are a byte each.
  let size = 2 + sizeOfVarint(offset) + sizeOfBytes(key, measure) + sizeOfBytes(value, measure)
  let count = 0
  for (const name in headers) {
    const given = headers[name]!
    const values = Array.isArray(given) ? (given as readonly HeaderValue[]) : undefined
    const named = sizeOfBytes(name, measure)
    if (!values) size += named + sizeOfBytes(given as HeaderValue, measure)
    else for (const value of values) size += named + sizeOfBytes(value, measure)
    count += values?.length ?? 1
  }
  return size + sizeOfVarint(count)
}

function sizeOfBytes(bytes: HeaderValue, measure: Measure): number {
  if (bytes === null) return 1
  const size = typeof bytes === 'string' ? measure(bytes) : bytes.length
  return sizeOfVarint(size) + size
}

function writeRecord(into: Buffer, start: number, record: EncodableRecord, offset: number, measure: Measure): number {
  const { key, value, headers } = record
  into[start] = 0 // attributes
  into[start + 1] = 0 // the timestamp's delta
  let at = writeVarint(into, start + 2, offset)
  at = writeBytes(into, at, key, measure)
  at = writeBytes(into, at, value, measure)
  at = writeVarint(into, at, countOf(headers))
  for (const name in headers) {
    const given = headers[name]!
    if (!Array.isArray(given)) at = writeHeader(into, at, name, given as HeaderValue, measure)
    else for (const value of given) at = writeHeader(into, at, name, value, measure)
  }
  return at
}

function countOf(headers: EncodableRecord['headers']): number {
  let count = 0
  for (const name in headers) {
    const given = headers[name]
    count += Array.isArray(given) ? given.length : 1
  }
  return count
}

function writeHeader(into: Buffer, at: number, name: string, value: HeaderValue, measure: Measure): number {
  return writeBytes(into, writeBytes(into, at, name, measure), value, measure)
}

function writeBytes(into: Buffer, at: number, bytes: HeaderValue, measure: Measure): number {
  if (bytes === null) return writeVarint(into, at, -1)
  if (typeof bytes === 'string') return writeText(into, at, bytes, measure(bytes))
  const start = writeVarint(into, at, bytes.length)
  into.set(bytes, start)
  return start + bytes.length
}

function writeText(into: Buffer, at: number, text: string, size: number): number {
  const start = writeVarint(into, at, size)
  if (size !== text.length || size > fewCharacters) {
    into.write(text, start, size)
    return start + size
  }
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) throw notAscii
    into[start + i] = code
  }
  return start + size
}
