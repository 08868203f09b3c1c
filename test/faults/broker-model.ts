import type { OutboundRecord } from '../../shared/src/kafka/lane.ts'
import { NotSent, type PartitionBatch, type ProduceLink, type ProducerId } from '../../shared/src/kafka/produce-link.ts'

/** What happens to a request: taken and answered; taken, its answer lost; lost; never sent; or answered with an error code. */
export type Trouble = 'none' | 'answer-lost' | 'request-lost' | 'not-sent' | number

export interface BrokerModel extends ProduceLink {
  /** `topic/partition` to the ids of the records, in order. */
  readonly logs: Map<string, string[]>
  /** Asked for each batch; a number counts for the batch alone, the others for the request. */
  trouble: (batch: PartitionBatch) => Trouble
  latencyMs: () => number
  /** Before anything is sent. */
  connectMs: () => number
  leader: (topic: string, partition: number) => number | undefined
  /** What no client may do: two batches of a partition on their way at once, or another content under a used sequence. */
  readonly violations: string[]
  requests: number
}

/**
 * A broker's side of idempotent produce (org.apache.kafka.storage.internals.log.ProducerStateManager): the last five batches of
 * a producer in a partition are known by their sequence numbers, whatever they contain, and a gap is out of order.
 */
export function brokerModel(): BrokerModel {
  const producers = new Map<string, { first: number; last: number; content: string }[]>()
  const onTheWay = new Set<string>()
  const sent = new Set<string>()
  let ids = 0

  function append(producer: ProducerId, { topic, partition, firstSequence, records }: PartitionBatch): number {
    const log = `${topic}/${partition}`
    const known = producers.get(`${producer.id} ${log}`) ?? []
    const last = firstSequence + records.length - 1
    const content = contentOf(records)
    const same = known.find(batch => batch.first === firstSequence && batch.last === last)
    if (same) {
      if (same.content !== content) model.violations.push(`${content} under the sequence of ${same.content}`)
      return 0
    }
    if (known.length > 0 && firstSequence !== known.at(-1)!.last + 1) return 45
    producers.set(`${producer.id} ${log}`, [...known, { first: firstSequence, last, content }].slice(-5))
    model.logs.set(log, [...(model.logs.get(log) ?? []), ...records.map(idOf)])
    return 0
  }

  const model: BrokerModel = {
    logs: new Map(),
    violations: [],
    requests: 0,
    trouble: () => 'none',
    latencyMs: () => 1,
    connectMs: () => 0,
    leader: () => 1,
    leaderOf: (topic, partition) => model.leader(topic, partition),
    refresh: async () => undefined,
    newProducerId: async () => ({ id: String(++ids), epoch: 0, next: new Map() }),
    async produce(_leader, producer, batches, { notAfterMs }) {
      model.requests++
      const connectMs = model.connectMs()
      if (connectMs > 0) await new Promise(resolve => setTimeout(resolve, connectMs))
      if (performance.now() > notAfterMs) throw new NotSent('too late')
      const troubles = batches.map(batch => model.trouble(batch))
      if (troubles.includes('not-sent')) throw new NotSent('refused')
      for (const { id, deadlineMs } of batches.flatMap(batch => batch.records as readonly OutboundRecord[])) {
        if (!sent.has(id) && performance.now() > deadlineMs) model.violations.push(`${id} past its deadline`)
        sent.add(id)
      }
      const names = batches.map(batch => `${producer.id} ${batch.topic}/${batch.partition}`)
      for (const name of names) if (onTheWay.has(name)) model.violations.push(`two batches of ${name} at once`)
      for (const name of names) onTheWay.add(name)
      await new Promise(resolve => setTimeout(resolve, model.latencyMs()))
      for (const name of names) onTheWay.delete(name)
      if (troubles.includes('request-lost')) throw new Error('request lost')
      const codes = batches.map((batch, i) => (typeof troubles[i] === 'number' ? troubles[i] : append(producer, batch)))
      if (troubles.includes('answer-lost')) throw new Error('answer lost')
      return codes
    },
    close: async () => undefined,
  }
  return model
}

const contentOf = (records: PartitionBatch['records']): string => records.map(idOf).join()

const idOf = (record: PartitionBatch['records'][number]): string => (record as OutboundRecord).id
