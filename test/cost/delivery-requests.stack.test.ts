import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { consume, type FetchedRecord } from '../../shared/src/kafka/consume.ts'
import { type LossyProxy, startProxy } from '../faults/tcp-proxy.ts'
import { freshTopics, kafkaOf, notingPublisher, recordOf, testLogger, until } from '../faults/topic-fixture.ts'
import { countRequests } from './count-requests.ts'

const partitions = 4
const [host, port] = inject('brokers')[0]!.split(':') as [string, string]
const direct = kafkaOf([`${host}:${port}`])
let proxy: LossyProxy
let asked: ReturnType<typeof countRequests>

beforeAll(async () => {
  proxy = await startProxy({ host, port: Number(port) })
})
beforeEach(() => {
  asked = countRequests(proxy)
})
afterAll(() => proxy.close())

/**
 * One member takes what is waiting: for each record it publishes one, and is done when the broker has them. Notes at each
 * batch how many fetches there were until then.
 */
async function take(topics: readonly string[], records: number) {
  const [answers] = await freshTopics(direct, ['answers'], partitions)
  const through = kafkaOf([`${host}:${port}`], () => ({ host, port: proxy.port }))
  const { publisher, outcome } = notingPublisher(through)
  const batches: { readonly records: number; readonly fetches: number }[] = []
  async function handle(taken: FetchedRecord[]): Promise<void> {
    batches.push({ records: taken.length, fetches: asked.fetch })
    publisher.publish(taken.map(({ partition }, n) => recordOf(answers!, partition, `${batches.length}.${n}`)))
    await publisher.drain(30_000)
  }
  const consumer = consume({
    ...{ kafka: through, groupId: `group-${randomUUID()}`, topics, maxBatch: 10_000, logger: testLogger },
    onBatch: handle,
  })
  onTestFinished(() => publisher.close())
  await consumer.run()
  await until(() => outcome.acknowledged.length === records, 'each record has its answer', 40_000)
  // It commits what is done before it leaves.
  await consumer.stop()
  return batches
}

async function write(topics: readonly string[], perPartition: number, bytes = 10): Promise<void> {
  const { publisher } = notingPublisher(direct)
  const all = topics.flatMap(topic =>
    Array.from({ length: partitions * perPartition }, (_, n) =>
      recordOf(topic, n % partitions, `${n}`, { value: Buffer.alloc(bytes, 'x') }),
    ),
  )
  publisher.publish(all)
  await publisher.drain(30_000)
  await publisher.close()
}

/**
 * Exact on any machine: all is there before the first fetch, which therefore need not wait and brings all of it; the next is
 * sent only when the batch is done; the answers are published in one tick; and only one batch is ever done, whose offsets are one
 * commit however late that is. Fetches after it, heartbeats and metadata depend on time and are not counted.
 */
test('what waits in all partitions of two topics is one fetch, one produce request and one commit of offsets', async () => {
  const topics = await freshTopics(direct, ['one', 'two'], partitions)
  await write(topics, 100)
  expect(await take(topics, 800)).toEqual([{ records: 800, fetches: 1 }])
  expect(asked.produce).toBe(1)
  expect(asked.offsetCommit).toBe(1)
  // Whatever there is ends the broker's wait: nobody waits for a larger batch.
  expect([...asked.fetchMinBytes]).toEqual([1])
})

/**
 * As above, but a fetch brings a megabyte of each partition at most, in whole batches as they were written: here of a record each.
 * How many commits there are depends on how long it takes.
 */
test('what does not fit into one fetch is one fetch and one produce request for each megabyte of all partitions', async () => {
  const topics = await freshTopics(direct, ['large'], partitions)
  for (let n = 0; n < 3; n++) await write(topics, 1, 700_000)
  expect(await take(topics, 12)).toEqual([1, 2, 3].map(fetches => ({ records: partitions, fetches })))
  expect(asked.produce).toBe(3)
})
