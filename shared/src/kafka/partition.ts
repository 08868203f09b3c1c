/**
 * The partition of a key: murmur2 of the key, made positive, modulo the partitions. The same as the Java clients
 * (org.apache.kafka.clients.producer.internals.BuiltInPartitioner) and kafkajs' DefaultPartitioner, so that producers without
 * the kit put a saga's events where its others are.
 */
export function partitionOf(key: string | Buffer, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`${partitions} is no number of partitions; give a whole number >= 1`)
  return (hashOf(key) & 0x7fffffff) % partitions
}

/** A key is written here to be hashed, unless it is longer than keys are: a buffer for each would cost more than its hash. */
const scratch = Buffer.alloc(1_024)

function hashOf(key: string | Buffer): number {
  if (typeof key !== 'string') return murmur2(key)
  // UTF-8 has three bytes for a UTF-16 unit at the most.
  return 3 * key.length <= scratch.length ? murmur2(scratch, scratch.write(key)) : murmur2(Buffer.from(key))
}

const seed = 0x9747b28c
const m = 0x5bd1e995

/** org.apache.kafka.common.utils.Utils.murmur2: MurmurHash2 with Kafka's seed, as a signed 32-bit number. */
export function murmur2(data: Buffer, length: number = data.length): number {
  const wholeWords = length & ~3
  let h = seed ^ length
  for (let at = 0; at < wholeWords; at += 4) {
    let k = Math.imul(data.readInt32LE(at), m)
    k = Math.imul(k ^ (k >>> 24), m)
    h = Math.imul(h, m) ^ k
  }
  const rest = length - wholeWords
  if (rest > 2) h ^= data[wholeWords + 2]! << 16
  if (rest > 1) h ^= data[wholeWords + 1]! << 8
  if (rest > 0) h = Math.imul(h ^ data[wholeWords]!, m)
  h = Math.imul(h ^ (h >>> 13), m)
  return h ^ (h >>> 15)
}
