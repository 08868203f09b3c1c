import type { BatchRecord } from './batch-record.ts'
import { CorruptBatch } from './cursor.ts'
import { decodeBatch, type Unpack } from './decode-batch.ts'

/** The version that is read here: that of brokers since Kafka 2.3. kafkajs asks for no later one. */
export const fetchVersion = 11

/** What the kit leaves to kafkajs. */
export interface Left<OldMessage> {
  readonly unpack: Unpack
  /** Messages of the formats 0 and 1, as brokers wrote them before 0.11. */
  readonly oldMessages: (messageSet: Buffer) => Promise<OldMessage[]>
}

/**
 * A broker's answer to Fetch, as kafkajs gives it (src/protocol/requests/fetch/v11/response.js).
 * @throws CorruptBatch, which names the partition and the offset
 */
export async function decodeFetch<OldMessage>(payload: Buffer, left: Left<OldMessage>) {
  let at = 0
  const take = (bytes: number) => {
    at += bytes
    return at - bytes
  }
  const int16 = () => payload.readInt16BE(take(2))
  const int32 = () => payload.readInt32BE(take(4))
  const int64 = () => String(payload.readBigInt64BE(take(8)))
  const list = <T>(read: () => T) => Array.from({ length: Math.max(int32(), 0) }, read)
  const text = () => payload.toString('utf8', take(int16()), at)

  const header = { throttleTime: 0, clientSideThrottleTime: int32(), errorCode: int16(), sessionId: int32() }
  const topics = list(() => ({
    topicName: text(),
    partitions: list(() => {
      const partition = {
        ...{ partition: int32(), errorCode: int16(), highWatermark: int64(), lastStableOffset: int64() },
        lastStartOffset: int64(),
        abortedTransactions: list(() => ({ producerId: int64(), firstOffset: int64() })),
        preferredReadReplica: int32(),
      }
      return { ...partition, bytes: payload.subarray(take(Math.max(int32(), 0)), at) }
    }),
  }))
  const responses = []
  for (const { topicName, partitions } of topics) {
    const decoded = []
    for (const { bytes, ...partition } of partitions)
      decoded.push({ ...partition, messages: await decodeMessages(bytes, `${topicName}/${partition.partition}`, left) })
    responses.push({ topicName, partitions: decoded })
  }
  return { ...header, responses }
}

const magicAt = 16
/** The offset and the length, which does not count them. */
const outsideBytes = 12
const leastBytes = 61

/** What a fetch brought of one partition: batch after batch, the last of which may have been cut off. */
async function decodeMessages<OldMessage>(bytes: Buffer, place: string, left: Left<OldMessage>) {
  if (bytes.length > magicAt && bytes[magicAt]! < 2) return left.oldMessages(bytes)
  const records: BatchRecord[] = []
  for (let start = 0; bytes.length - start > magicAt; ) {
    const end = start + outsideBytes + bytes.readInt32BE(start + 8)
    const format = bytes[start + magicAt]!
    if (end > bytes.length || format < 2) break
    try {
      if (format > 2) throw new CorruptBatch(`its format is ${format}`)
      if (end - start < leastBytes) throw new CorruptBatch(`it has ${end - start} bytes`)
      await decodeBatch(bytes, start, end, left.unpack, records)
    } catch (error) {
      if (!(error instanceof CorruptBatch)) throw error
      const offset = bytes.readBigInt64BE(start)
      throw new CorruptBatch(`the batch of ${place} at offset ${offset} cannot be read: ${error.message}`, {
        cause: error,
      })
    }
    start = end
  }
  return records
}
