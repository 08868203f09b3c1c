/**
 * The partition of a key: murmur2 of the key, made positive, modulo the partitions. The same as the Java clients
 * (org.apache.kafka.clients.producer.internals.BuiltInPartitioner) and kafkajs' DefaultPartitioner, so that producers without
 * the kit put a saga's events where its others are.
 */
export function partitionOf(key: string | Buffer, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`${partitions} is no number of partitions; give a whole number >= 1`)
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions
}

const seed = 0x9747b28c
const m = 0x5bd1e995

/** org.apache.kafka.common.utils.Utils.murmur2: MurmurHash2 with Kafka's seed, as a signed 32-bit number. */
export function murmur2(data: Buffer): number {
  const wholeWords = data.length & ~3
  let h = seed ^ data.length
  for (let at = 0; at < wholeWords; at += 4) {
    let k = Math.imul(data.readInt32LE(at), m)
    k = Math.imul(k ^ (k >>> 24), m)
    h = Math.imul(h, m) ^ k
  }
  const rest = data.length - wholeWords
  if (rest > 2) h ^= data[wholeWords + 2]! << 16
  if (rest > 1) h ^= data[wholeWords + 1]! << 8
  if (rest > 0) h = Math.imul(h ^ data[wholeWords]!, m)
  h = Math.imul(h ^ (h >>> 13), m)
  return h ^ (h >>> 15)
}
