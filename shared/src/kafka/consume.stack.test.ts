import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, inject, test } from 'vitest'
import {
  freshTopics,
  kafkaOf,
  notingPublisher,
  recordOf,
  testLogger,
  until,
} from '../../../test/faults/topic-fixture.ts'
import { type ConsumeOptions, type Consumer, consume, type FetchedRecord } from './consume.ts'
import type { Publisher } from './publish.ts'

const kafka = kafkaOf(inject('brokers'))
let publisher: Publisher
const running: Consumer[] = []

beforeAll(() => {
  publisher = notingPublisher(kafka).publisher
  return () => publisher.close()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(consumer => consumer.stop()))
})

const textOf = ({ value }: FetchedRecord) => String(value)

/** A consumer that notes its batches and its partitions; stopped after the test. */
function start(topics: readonly string[], o: Partial<ConsumeOptions> = {}) {
  const batches: string[][] = []
  const assignments: number[][] = []
  const groupId = o.groupId ?? `group-${randomUUID()}`
  const consumer = consume({
    kafka,
    groupId,
    topics,
    maxBatch: 10_000,
    logger: testLogger,
    onBatch: async records => {
      batches.push(records.map(textOf))
    },
    onAssigned: partitions => assignments.push(partitions),
    ...o,
  })
  running.push(consumer)
  return { consumer, groupId, batches, assignments, seen: () => batches.flat() }
}

async function publish(topic: string, texts: readonly string[], partitions = 1): Promise<void> {
  publisher.publish(texts.map((text, i) => recordOf(topic, i % partitions, text)))
  await publisher.drain(10_000)
}

async function committed(groupId: string, topic: string): Promise<number[]> {
  const admin = kafka.admin()
  await admin.connect()
  const [of] = await admin.fetchOffsets({ groupId, topics: [topic] })
  await admin.disconnect()
  return of!.partitions.toSorted((a, b) => a.partition - b.partition).map(p => Number(p.offset))
}

test('what one fetch brings of many partitions and topics is one batch, each partition in its order', async () => {
  const topics = await freshTopics(kafka, ['a', 'b', 'c'], 4)
  for (const topic of topics)
    await publish(
      topic,
      Array.from({ length: 40 }, (_, i) => `${topic}/${i % 4}/${Math.floor(i / 4)}`),
      4,
    )
  const { consumer, batches, groupId, seen } = start(topics)
  await consumer.run()
  await until(() => seen().length === 120, 'all records')
  expect(batches).toHaveLength(1)
  for (const topic of topics)
    for (let partition = 0; partition < 4; partition++)
      expect(seen().filter(text => text.startsWith(`${topic}/${partition}/`))).toEqual(
        Array.from({ length: 10 }, (_, i) => `${topic}/${partition}/${i}`),
      )
  expect(consumer.lag().map(l => l.records)).toEqual(Array.from({ length: 12 }, () => 0))
  await consumer.stop()
  expect(await committed(groupId, topics[0]!)).toEqual([10, 10, 10, 10])
})

test('a fetch is cut in batches of at most maxBatch, one after the other', async () => {
  const [topic] = await freshTopics(kafka, ['cut'], 2)
  await publish(
    topic!,
    Array.from({ length: 100 }, (_, i) => `${i}`),
    2,
  )
  const sizes: number[] = []
  let atOnce = 0
  const { consumer } = start([topic!], {
    maxBatch: 30,
    onBatch: async records => {
      expect(++atOnce).toBe(1)
      sizes.push(records.length)
      await sleep(20)
      atOnce--
    },
  })
  await consumer.run()
  await until(() => sizes.reduce((a, b) => a + b, 0) === 100, 'all records')
  expect(sizes).toEqual([30, 30, 30, 10])
})

test('records arrive within milliseconds while the fetch would wait longer', async () => {
  const [topic] = await freshTopics(kafka, ['soon'], 4)
  const { consumer, seen } = start([topic!], { fetchWaitMs: 2_000 })
  await consumer.run()
  await publish(topic!, ['first'])
  await until(() => seen().length === 1, 'the first')
  const began = performance.now()
  await publish(topic!, ['second'])
  await until(() => seen().length === 2, 'the second')
  expect(performance.now() - began).toBeLessThan(1_000)
})

test('a batch of 15 s with a session of 6 s keeps the membership, and its offsets are committed', async () => {
  const [topic] = await freshTopics(kafka, ['long'], 1)
  await publish(topic!, ['slow'])
  let done = 0
  const { consumer, assignments, groupId } = start([topic!], {
    sessionTimeoutMs: 6_000,
    onBatch: async (_records, signal) => {
      await sleep(15_000, undefined, { signal })
      done++
    },
  })
  await consumer.run()
  await until(() => done === 1, 'the batch is done', 20_000)
  await sleep(1_000)
  expect({ done, assignments, unhealthy: consumer.unhealthy() }).toEqual({
    done: 1,
    assignments: [[0]],
    unhealthy: undefined,
  })
  await consumer.stop()
  expect(await committed(groupId, topic!)).toEqual([1])
})

test('a batch that is rejected comes again, with nothing left out; until then nothing is committed', async () => {
  const [topic] = await freshTopics(kafka, ['rejected'], 2)
  await publish(topic!, ['a', 'b', 'c', 'd'], 2)
  const batches: string[][] = []
  let committedMeanwhile: number[] = []
  const { consumer, groupId } = start([topic!], {
    maxBatch: 2,
    onBatch: async records => {
      batches.push(records.map(textOf))
      if (batches.length === 3) committedMeanwhile = await committed(groupId, topic!)
      if (batches.length === 2 || batches.length === 3) throw new Error('the database said no')
    },
  })
  await consumer.run()
  await until(() => batches.length === 4, 'four batches')
  const [first, second, third, fourth] = batches
  expect([...first!, ...second!].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect([third, fourth]).toEqual([second, second])
  expect(committedMeanwhile.toSorted((a, b) => a - b)).toEqual([-1, 2])
  await consumer.stop()
  expect(await committed(groupId, topic!)).toEqual([2, 2])
})

test('two members: partition n of every topic is at the same one; who stops leaves at once, its batch done and committed', async () => {
  const topics = await freshTopics(kafka, ['x', 'y'], 6)
  const groupId = `group-${randomUUID()}`
  const begun: string[] = []
  const slow: string[] = []
  const o: Partial<ConsumeOptions> = { groupId, sessionTimeoutMs: 30_000 }
  const a = start(topics, {
    ...o,
    onBatch: async records => {
      begun.push(...records.map(textOf))
      await sleep(700)
      slow.push(...records.map(textOf))
    },
  })
  const b = start(topics, o)
  await Promise.all([a.consumer.run(), b.consumer.run()])
  const sizes = () => [a, b].map(({ consumer }) => consumer.assignment.get(topics[0]!)?.length)
  await until(() => sizes().join() === '3,3', 'both have three partitions')
  for (const { consumer } of [a, b])
    expect(consumer.assignment.get(topics[0]!)).toEqual(consumer.assignment.get(topics[1]!))

  const mine = a.consumer.assignment.get(topics[0]!)!
  publisher.publish(mine.map(partition => recordOf(topics[0]!, partition, `to a, ${partition}`)))
  await publisher.drain(5_000)
  await until(() => begun.length > 0, 'a is in a batch')
  const began = performance.now()
  await a.consumer.stop()
  const stoppedMs = performance.now() - began
  expect(slow).toEqual(begun)
  await until(() => b.consumer.assignment.get(topics[0]!)?.length === 6, 'the other one has all partitions')
  expect(stoppedMs).toBeLessThan(2_000)
  expect(performance.now() - began).toBeLessThan(5_000)
  await publish(
    topics[1]!,
    Array.from({ length: 6 }, (_, i) => `after ${i}`),
    6,
  )
  await until(() => b.seen().filter(text => text.startsWith('after')).length === 6, 'the other one goes on')
  const toA = [...slow, ...b.seen().filter(text => text.startsWith('to a'))]
  expect(toA.toSorted()).toEqual(mine.map(partition => `to a, ${partition}`))
})

test('a rebalance aborts the signal of the batch under way; given up, its records come again to whoever has them now', async () => {
  const [topic] = await freshTopics(kafka, ['given-up'], 2)
  await publish(topic!, ['p0', 'p1'], 2)
  const groupId = `group-${randomUUID()}`
  let begun = 0
  let aborted = 0
  const a = start([topic!], {
    groupId,
    onBatch: (_records, signal) =>
      new Promise((_resolve, reject) => {
        begun++
        signal.addEventListener('abort', () => {
          aborted++
          reject(new Error('given up'))
        })
      }),
  })
  await a.consumer.run()
  await until(() => begun === 1, 'a is in its batch')
  const b = start([topic!], { groupId })
  await b.consumer.run()
  await until(() => b.seen().length === 1, 'b has the record of the partition that it got')
  expect(aborted).toBe(1)
  await a.consumer.stop()
  await until(() => b.seen().length === 2, 'and the other one after a has left')
  expect(b.seen().toSorted()).toEqual(['p0', 'p1'])
})

test('offsets that the log no longer has begin again at the earliest record', async () => {
  const [topic] = await freshTopics(kafka, ['truncated'], 1)
  await publish(topic!, ['a', 'b'])
  const first = start([topic!])
  await first.consumer.run()
  await until(() => first.seen().length === 2, 'both')
  await first.consumer.stop()
  await publish(topic!, ['c', 'd', 'e'])
  const admin = kafka.admin()
  await admin.connect()
  await admin.fetchTopicOffsets(topic!) // kafkajs looks for the leader in metadata that it has not loaded
  await admin.deleteTopicRecords({ topic: topic!, partitions: [{ partition: 0, offset: '4' }] })
  await admin.disconnect()
  const second = start([topic!], { groupId: first.groupId })
  await second.consumer.run()
  await until(() => second.seen().length === 1, 'what is left')
  expect(second.seen()).toEqual(['e'])
})

test('a topic that is missing is waited for', async () => {
  const [topic] = await freshTopics(kafka, ['known'], 1)
  const late = `${topic}.late`
  const { consumer, seen } = start([topic!, late])
  const joined = consumer.run()
  await sleep(1_000)
  expect(consumer.unhealthy()).toBe('not a member of its group')
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: late, numPartitions: 1 }] })
  await admin.disconnect()
  await joined
  await publish(late, ['here'])
  await until(() => seen().length === 1, 'its record')
})

test('stopped before it has joined, it is gone', async () => {
  const [topic] = await freshTopics(kafka, ['stopped-early'], 1)
  const groupId = `group-${randomUUID()}`
  const early = start([topic!], { groupId })
  const joined = early.consumer.run()
  await early.consumer.stop()
  await joined
  const next = start([topic!], { groupId })
  const began = performance.now()
  await next.consumer.run()
  expect(performance.now() - began).toBeLessThan(5_000)
})
