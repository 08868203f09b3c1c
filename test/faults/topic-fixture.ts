import { randomUUID } from 'node:crypto'
import { createKafka, type Kafka, type Logger } from '../../shared/src/kafka/client.ts'
import {
  createPublisher,
  type OutboundRecord,
  type Publisher,
  type PublisherOptions,
} from '../../shared/src/kafka/publish.ts'
import { createTopics } from '../../shared/src/kafka/topics.ts'

const say = (level: string) => (details: object, message: string) => {
  if (process.env.TEST_LOG) console.error(level, message, details)
}
/** Silent unless TEST_LOG is set. */
export const testLogger: Logger = { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') }

export const kafkaOf = (
  brokers: readonly string[],
  redirect?: (address: { host: string; port: number }) => { host: string; port: number },
): Kafka => createKafka({ clientId: 'test', brokers, logger: testLogger, ...(redirect && { redirect }) })

/** Topics of their own for a test, with names that no other test has. */
export async function freshTopics(
  kafka: Kafka,
  names: readonly string[],
  partitions: number,
  config: Record<string, string> = {},
): Promise<string[]> {
  const prefix = `${randomUUID().slice(0, 8)}.`
  const specs = names.map(name => ({ name: prefix + name, partitions, replicationFactor: 1, config }))
  await createTopics(kafka, specs)
  return specs.map(spec => spec.name)
}

export function recordOf(
  topic: string,
  partition: number,
  text: string,
  o: Partial<OutboundRecord> = {},
): OutboundRecord {
  return { id: text, topic, partition, key: text, value: Buffer.from(text), headers: {}, deadlineMs: Infinity, ...o }
}

export interface Outcome {
  readonly acknowledged: string[]
  readonly refused: string[]
  readonly left: string[]
}
/** A publisher that notes by id how each record ended. */
export function notingPublisher(
  kafka: Kafka,
  o: Partial<PublisherOptions> = {},
): { publisher: Publisher; outcome: Outcome } {
  const outcome: Outcome = { acknowledged: [], refused: [], left: [] }
  const idsOf = (records: readonly OutboundRecord[]) => records.map(({ id }) => id)
  const publisher = createPublisher({
    kafka,
    logger: testLogger,
    onAcknowledged: records => outcome.acknowledged.push(...idsOf(records)),
    onRefused: record => outcome.refused.push(...idsOf([record])),
    onLeft: records => outcome.left.push(...idsOf(records)),
    ...o,
  })
  return { publisher, outcome }
}

/** What a topic holds, by partition, read to its end. */
export async function valuesIn(kafka: Kafka, topic: string): Promise<string[][]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const values: string[][] = ends.map(() => [])
  const done = () => ends.every(({ partition, high, low }) => values[partition]!.length >= Number(high) - Number(low))
  if (done()) return values
  const consumer = kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 50 })
  const all = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      values[partition]!.push(String(message.value))
      if (done()) all.resolve()
    },
  })
  await all.promise
  await consumer.disconnect()
  return values
}

export async function until(condition: () => boolean, what: string, limitMs = 20_000): Promise<void> {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
