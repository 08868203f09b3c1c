import type { Kafka } from 'saga-kit/kafka'
import type { Declared } from 'saga-kit/operating'

type Log = ReadonlyMap<number, { readonly low: number; readonly high: number }>

/**
 * How many records each participant has not taken yet, as its group's offsets say: also of one that is down. Null where the
 * group has no offsets, as before a first start.
 */
export async function participantLag(
  kafka: Pick<Kafka, 'admin'>,
  topicPrefix: string,
  declared: readonly Declared[],
): Promise<Map<string, number | null>> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const readBy = new Map(declared.map(({ service, reactions }) => [service, topicsOf(reactions, topicPrefix)]))
    const logs = new Map<string, Log>()
    for (const topic of new Set([...readBy.values()].flat())) {
      const partitions = await admin.fetchTopicOffsets(topic).catch(() => [])
      logs.set(topic, new Map(partitions.map(({ partition, low, high }) => [partition, { low: +low, high: +high }])))
    }
    const lags = [...readBy].map(async ([service, topics]): Promise<[string, number | null]> => {
      if (topics.length === 0) return [service, null]
      const groups = await admin.fetchOffsets({ groupId: topicPrefix + service, topics })
      const taken = groups.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ offset: +offset, log: logs.get(topic)?.get(partition) })),
      )
      if (taken.every(({ offset }) => offset < 0)) return [service, null]
      // Of a partition of which nothing was taken yet, all is left.
      const left = taken.map(({ offset, log }) => (log ? Math.max(0, log.high - Math.max(offset, log.low)) : 0))
      return [service, left.reduce((sum, records) => sum + records, 0)]
    })
    return new Map(await Promise.all(lags))
  } finally {
    await admin.disconnect()
  }
}

const topicsOf = (reactions: Declared['reactions'], topicPrefix: string) => [
  ...new Set(
    reactions.flatMap(({ kind, topic }) => (kind === 'event' && topic !== undefined ? [topicPrefix + topic] : [])),
  ),
]
