import { type BatchContext, BatchRecord, type Exact } from './batch-record.ts'
import { crc32c } from './crc32c.ts'
import { CorruptBatch, Cursor } from './cursor.ts'
import { skipHeaders } from './read-headers.ts'

/** Attributes of a batch. */
const logAppendTime = 0x8
const transactional = 0x10
const control = 0x20
const compression = 0x7
/** From the batch's start to its first record, and the least that a record can be. */
const headBytes = 61
const leastBytes = 7

/** Unpacks the records of a batch, by the number that its attributes have of the way. */
export type Unpack = (compression: number, packed: Buffer) => Promise<Buffer>

/**
 * Adds the records of the batch that stands whole between `start` and `end`; a promise only if they have to be unpacked.
 * https://kafka.apache.org/documentation/#recordbatch
 * @throws CorruptBatch
 */
export function decodeBatch(
  bytes: Buffer,
  start: number,
  end: number,
  unpack: Unpack,
  into: BatchRecord[],
): void | Promise<void> {
  // kafkajs does not look at it.
  if (crc32c(bytes, start + 21, end) !== bytes.readUInt32BE(start + 17))
    throw new CorruptBatch('its checksum does not match')
  const context = contextOf(bytes, start)
  const count = bytes.readInt32BE(start + 57)
  const packing = bytes.readInt16BE(start + 21) & compression
  if (packing === 0 || count === 0)
    return decodeRecords(new Cursor(bytes, start + headBytes, end), count, context, into)
  return unpack(packing, bytes.subarray(start + headBytes, end)).then(unpacked =>
    decodeRecords(new Cursor(unpacked, 0, unpacked.length), count, context, into),
  )
}

function contextOf(bytes: Buffer, start: number): BatchContext {
  const attributes = bytes.readInt16BE(start + 21)
  return {
    firstOffset: String(bytes.readBigInt64BE(start)),
    firstTimestamp: String(bytes.readBigInt64BE(start + 27)),
    partitionLeaderEpoch: bytes.readInt32BE(start + 12),
    inTransaction: (attributes & transactional) > 0,
    isControlBatch: (attributes & control) > 0,
    lastOffsetDelta: bytes.readInt32BE(start + 23),
    producerId: String(bytes.readBigInt64BE(start + 43)),
    producerEpoch: bytes.readInt16BE(start + 51),
    firstSequence: bytes.readInt32BE(start + 53),
    maxTimestamp: String(bytes.readBigInt64BE(start + 35)),
    timestampType: (attributes & logAppendTime) > 0 ? 1 : 0,
    magicByte: bytes.readInt8(start + 16),
  }
}

function decodeRecords(cursor: Cursor, count: number, context: BatchContext, into: BatchRecord[]): void {
  if (count < 0 || count * leastBytes > cursor.end - cursor.at) throw new CorruptBatch(`${count} records are announced`)
  const firstOffset = exact(context.firstOffset)
  const firstTimestamp = exact(context.firstTimestamp)
  const appendedAt = context.timestampType === 1 ? exact(context.maxTimestamp) : undefined
  for (let i = 0; i < count; i++) {
    const length = cursor.length()
    const end = cursor.at + length
    const attributes = (cursor.bytes[cursor.at++]! << 24) >> 24
    const timestamp = plus(firstTimestamp, cursor.varlong())
    const offset = plus(firstOffset, cursor.varint())
    const key = cursor.view()
    const value = cursor.view()
    into.push(new BatchRecord(context, attributes, offset, appendedAt ?? timestamp, key, value, cursor))
    skipHeaders(cursor)
    if (cursor.at !== end) throw new CorruptBatch(`a record of ${length} bytes ends after ${cursor.at - end + length}`)
  }
}

function exact(text: string): Exact {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function plus(first: Exact, delta: Exact): Exact {
  if (typeof first === 'number' && typeof delta === 'number') {
    const sum = first + delta
    if (Number.isSafeInteger(sum)) return sum
  }
  return BigInt(first) + BigInt(delta)
}
