import { randomUUID } from 'node:crypto'
import { expect, inject, test, vi } from 'vitest'
import { startProxy } from '../../../../test/faults/tcp-proxy.ts'
import { freshTopics, notingPublisher, recordOf, testLogger, until } from '../../../../test/faults/topic-fixture.ts'
import { createKafka, type FetchedMessage, type RecordCodec } from '../client.ts'
import { consume } from '../consume.ts'
import type { OutboundRecord } from '../publish.ts'
import { BatchRecord } from './batch-record.ts'
import { stockProducer } from './stock.fixture.ts'

const brokers = inject('brokers')
const kafkaOf = (recordCodec: RecordCodec) =>
  createKafka({ clientId: 'test', brokers, logger: testLogger, recordCodec })
const both = { own: kafkaOf('own'), stock: kafkaOf('stock') }

async function publish(codec: RecordCodec, records: readonly OutboundRecord[]): Promise<void> {
  const { publisher, outcome } = notingPublisher(both[codec])
  publisher.publish(records)
  await until(() => outcome.acknowledged.length === records.length, 'all is acknowledged')
  await publisher.close()
}

/** What one fetch brings of the topic's only partition. */
async function fetchAll(codec: RecordCodec, topic: string): Promise<readonly FetchedMessage[]> {
  const cluster = both[codec].cluster()
  try {
    await cluster.connect()
    await cluster.addMultipleTargetTopics([topic])
    const [partition] = cluster.findTopicPartitionMetadata(topic)
    const broker = await cluster.findBroker({ nodeId: partition!.leader })
    const { responses } = await broker.fetch({
      ...{ replicaId: -1, isolationLevel: 0, maxWaitTime: 1_000, minBytes: 1, maxBytes: 10_000_000 },
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 10_000_000 }] }],
    })
    return responses[0]!.partitions[0]!.messages
  } finally {
    await cluster.disconnect()
  }
}
const plain = ({ offset, timestamp, key, value, headers, isControlRecord, batchContext }: FetchedMessage) => {
  return { offset, timestamp, key, value, headers, isControlRecord, batchContext }
}

/** The coordinator answers the end of a transaction before its marker is in the topic. */
async function untilFetched(topic: string, records: number): Promise<void> {
  await vi.waitUntil(async () => (await fetchAll('stock', topic)).length >= records, { timeout: 20_000, interval: 50 })
}

/** What both make of the topic, which must be the same. */
async function readByBoth(topic: string): Promise<readonly ReturnType<typeof plain>[]> {
  const [own, stock] = await Promise.all([fetchAll('own', topic), fetchAll('stock', topic)])
  expect([own[0], stock[0]].map(message => message instanceof BatchRecord)).toEqual([true, false])
  expect(own.map(plain)).toEqual(stock.map(plain))
  return own.map(plain)
}

test.each(['uncompressed', 'gzip', 'zstd'])('what either writes (%s), either reads', async compression => {
  const [topic = ''] = await freshTopics(both.own, ['codec'], 1, { 'compression.type': compression })
  const headers = { ce_id: 'ä', bytes: Buffer.from([0xff, 0]), empty: '' }
  const of = (codec: RecordCodec) => [
    ...Array.from({ length: 100 }, (_, i) => recordOf(topic, 0, `${codec} ${i}`, { headers })),
    recordOf(topic, 0, 'nothing', { key: null, value: null }),
  ]
  for (const codec of ['own', 'stock', 'own'] as const) await publish(codec, of(codec))
  const read = await readByBoth(topic)
  expect(read.map(({ key, value }) => [key, value].map(part => part && String(part)))).toEqual(
    [...of('own'), ...of('stock'), ...of('own')].map(({ key, value }) => [key, value && String(value)]),
  )
  expect(read[0]!.headers).toEqual(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])),
  )
})

test('of transactions each reads the markers, and a consumer what was committed', async () => {
  const [topic = ''] = await freshTopics(both.own, ['transactions'], 1)
  const producer = stockProducer(brokers, `codec-${randomUUID()}`)
  await producer.connect()
  for (const [texts, end] of [
    [['a', 'b'], 'commit'],
    [['c'], 'abort'],
    [['d'], 'commit'],
  ] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: texts.map(text => ({ key: null, value: text })) })
    await transaction[end]()
  }
  await producer.disconnect()
  await untilFetched(topic, 7)
  const read = await readByBoth(topic)
  const texts = read.map(({ isControlRecord, value }) => (isControlRecord ? 'marker' : String(value)))
  expect(texts).toEqual(['a', 'b', 'marker', 'c', 'marker', 'd', 'marker'])

  const seen: string[] = []
  const consumer = consume({
    ...{ kafka: both.own, groupId: `group-${randomUUID()}`, topics: [topic], maxBatch: 10, logger: testLogger },
    onBatch: async records => void seen.push(...records.map(({ value }) => String(value))),
  })
  await consumer.run()
  await until(() => seen.includes('d'), 'the last is read')
  await consumer.stop()
  expect(seen).toEqual(['a', 'b', 'd'])
})

test.each([
  // kafkajs looks at no checksum.
  ['stock', 'bs it was sent'],
  ['own', 'as it was sent'],
] as const)('a bit of a fetch is another on its way (%s)', async (recordCodec, read) => {
  const [topic = ''] = await freshTopics(both.own, ['spoilt'], 1)
  await publish('own', [recordOf(topic, 0, 'as it was sent', { key: null })])
  const [host = '', port] = brokers[0]!.split(':')
  const proxy = await startProxy({ host, port: Number(port) })
  let spoilt = 0
  proxy.answerTo = (apiKey, answer) => {
    const at = answer.indexOf('as it was sent')
    if (apiKey === 1 && at > 0 && spoilt++ === 0) answer.write('b', at)
    return 'pass'
  }
  const said: unknown[] = []
  const logger = { ...testLogger, warn: ({ error }: { error?: unknown }) => void said.push(error) }
  const seen: string[] = []
  const consumer = consume({
    kafka: createKafka({
      clientId: 'test',
      brokers,
      logger,
      recordCodec,
      redirect: () => ({ host, port: proxy.port }),
    }),
    ...{ groupId: `group-${randomUUID()}`, topics: [topic], maxBatch: 10, logger },
    onBatch: async records => void seen.push(...records.map(({ value }) => String(value))),
  })
  await consumer.run()
  await until(() => seen.length > 0, 'the record is read')
  await consumer.stop()
  await proxy.close()
  expect(seen).toEqual([read])
  const complaint = `the batch of ${topic}/0 at offset 0 cannot be read: its checksum does not match`
  expect(said.filter(error => error === complaint)).toHaveLength(recordCodec === 'own' ? 1 : 0)
})
