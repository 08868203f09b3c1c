/** What a broker does with events between two services, without sockets and disks. */
export interface Appended {
  readonly topic: string
  /** To a Fetch of version 11 that waited for just this, without its length and correlation id. */
  readonly answer: Buffer
}

/** Appends what Produce requests of version 3 to 7 bring, as they go over the wire. https://kafka.apache.org/protocol#The_Messages_Produce */
export function createBroker(): (request: Buffer) => Appended[] {
  const ends = new Map<string, bigint>()

  return request => {
    // Behind length, API key, version and correlation id.
    let at = 12
    const take = (bytes: number) => {
      at += bytes
      return request.subarray(at - bytes, at)
    }
    const int32 = () => take(4).readInt32BE()
    const string = () => take(Math.max(take(2).readInt16BE(), 0)).toString()
    const list = <T>(read: () => T) => Array.from({ length: int32() }, read)

    string() // client id
    string() // transactional id
    take(6) // acks, timeout
    return list(() => {
      const topic = string()
      const partitions = list(() => {
        const partition = int32()
        const batch = take(int32())
        const first = ends.get(`${topic}/${partition}`) ?? 0n
        const end = first + BigInt(batch.readInt32BE(57))
        ends.set(`${topic}/${partition}`, end)
        // Its checksum does not count it.
        batch.writeBigInt64BE(first, 0)
        return Buffer.concat([partitionHead(partition, end, batch.length), batch])
      })
      return { topic, answer: Buffer.concat([topicHead(topic, partitions.length), ...partitions]) }
    })
  }
}

function topicHead(topic: string, partitions: number): Buffer {
  const head = Buffer.alloc(20 + topic.length)
  head.writeInt32BE(1, 10) // topics
  head.writeInt16BE(topic.length, 14)
  head.write(topic, 16)
  head.writeInt32BE(partitions, 16 + topic.length)
  return head
}

function partitionHead(partition: number, end: bigint, bytes: number): Buffer {
  const head = Buffer.alloc(42)
  head.writeInt32BE(partition, 0)
  head.writeBigInt64BE(end, 6) // high watermark
  head.writeBigInt64BE(end, 14) // last stable offset
  head.writeInt32BE(-1, 34) // no replica is preferred
  head.writeInt32BE(bytes, 38)
  return head
}
