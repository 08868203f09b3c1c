/**
 * A record batch of Kafka's format 2, byte by byte: what another client may write and kafkajs' encoder does not let through
 * (header names that are no UTF-8, the same header many times).
 * https://kafka.apache.org/documentation/#recordbatch
 */
export interface RawRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** In this order, repeated or not. */
  readonly headers: readonly RawHeader[]
}
export type RawHeader = readonly [name: Buffer | string, value: Buffer | string | null]

/** What a batch adds to its one record, and the broker counts with it. */
export const batchOverheadBytes = 61

export function recordBatch(records: readonly RawRecord[], timestampMs: number): Buffer {
  const body = Buffer.concat([
    int16(0), // not compressed, not transactional
    int32(records.length - 1),
    int64(timestampMs),
    int64(timestampMs),
    int64(-1), // no producer id: the broker looks for no repeats
    int16(-1),
    int32(-1),
    int32(records.length),
    ...records.map(encodeRecord),
  ])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32c(body))
  const length = 4 + 1 + 4 + body.length
  return Buffer.concat([int64(0), int32(length), int32(-1), Buffer.from([2]), checksum, body])
}

export function encodeRecord({ key, value, headers }: RawRecord, offset: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(0),
    varint(offset),
    bytes(key),
    bytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, text]) => [bytes(Buffer.from(name)), bytes(text === null ? null : Buffer.from(text))]),
  ])
  return Buffer.concat([varint(body.length), body])
}

const bytes = (value: Buffer | null) => (value === null ? varint(-1) : Buffer.concat([varint(value.length), value]))

/** Zigzag, seven bits a byte. */
function varint(value: number): Buffer {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  const out: number[] = []
  for (; rest > 0x7f; rest >>>= 7) out.push((rest & 0x7f) | 0x80)
  return Buffer.from([...out, rest])
}

export function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}
export function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
function int64(value: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(BigInt(value))
  return buffer
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  return c
})
function crc32c(buffer: Buffer): number {
  let c = 0xffffffff
  for (const byte of buffer) c = castagnoli[(c ^ byte) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
