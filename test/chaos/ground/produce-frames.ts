import { createHash } from 'node:crypto'
import type { Cutter } from './link.ts'

/** A record batch of one partition as it went over the wire: the same bytes are the same batch under the same sequence number. */
export interface SentBatch {
  readonly place: string
  readonly digest: string
}
export interface ProduceRequest {
  readonly correlationId: number
  readonly version: number
  readonly batches: readonly SentBatch[]
}
/** Per `topic/partition`, what the broker said: 0 is yes, and the offset is where the batch stands. */
export type ProduceAnswer = ReadonlyMap<string, { readonly code: number; readonly offset: bigint }>

const produceKey = 0

/** Kafka's framing: four bytes of length, then as many. */
export function kafkaFrames(): Cutter {
  let rest: Buffer = Buffer.alloc(0)
  return data => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data])
    const frames: Buffer[] = []
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      frames.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
    return frames
  }
}

/** Undefined unless the frame is a Produce request. */
export function readProduceRequest(data: Buffer): ProduceRequest | undefined {
  if (data.readInt16BE(4) !== produceKey) return undefined
  const version = data.readInt16BE(6)
  if (version < 3 || version > 7) throw new Error(`a Produce request of version ${version}: kafkajs 2.2.4 has none`)
  const bytes = reader(data, 8)
  const correlationId = bytes.int32()
  bytes.string() // client id
  bytes.string() // transactional id
  bytes.skip(6) // acks, timeout
  const batches: SentBatch[] = []
  for (let topics = bytes.int32(); topics > 0; topics--) {
    const topic = bytes.string()
    for (let partitions = bytes.int32(); partitions > 0; partitions--) {
      const place = `${topic}/${bytes.int32()}`
      const records = bytes.take(bytes.int32())
      batches.push({ place, digest: createHash('sha256').update(records).digest('hex') })
    }
  }
  return { correlationId, version, batches }
}

/** Of an answer: the number of the request that it is to. */
export const correlationIdOf = (answer: Buffer): number => answer.readInt32BE(4)

export function readProduceAnswer(data: Buffer, version: number): ProduceAnswer {
  const bytes = reader(data, 8)
  const answer = new Map<string, { code: number; offset: bigint }>()
  for (let topics = bytes.int32(); topics > 0; topics--) {
    const topic = bytes.string()
    for (let partitions = bytes.int32(); partitions > 0; partitions--) {
      const place = `${topic}/${bytes.int32()}`
      answer.set(place, { code: bytes.int16(), offset: bytes.int64() })
      bytes.skip(8) // log append time
      if (version >= 5) bytes.skip(8) // log start offset
    }
  }
  return answer
}

function reader(data: Buffer, from: number) {
  let at = from
  const take = (length: number) => {
    at += length
    return data.subarray(at - length, at)
  }
  return {
    take,
    skip: (length: number) => void take(length),
    int16: () => take(2).readInt16BE(),
    int32: () => take(4).readInt32BE(),
    int64: () => take(8).readBigInt64BE(),
    string() {
      const length = take(2).readInt16BE()
      return length < 0 ? '' : take(length).toString('utf8')
    },
  }
}
