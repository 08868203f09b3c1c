import { expect, inject, test } from 'vitest'
import { freshTopics, kafkaOf, notingPublisher, recordOf, until } from '../../../test/faults/topic-fixture.ts'
import type { FetchedRecord } from './fetched.ts'
import { NoSuchTopic, readTopic } from './read-topic.ts'

const kafka = kafkaOf(inject('brokers'))

async function publish(...records: Parameters<ReturnType<typeof notingPublisher>['publisher']['publish']>[0]) {
  const { publisher, outcome } = notingPublisher(kafka)
  publisher.publish(records)
  await until(() => outcome.acknowledged.length === records.length, 'all is acknowledged')
  await publisher.close()
}
async function read(topic: string): Promise<FetchedRecord[]> {
  const records: FetchedRecord[] = []
  for await (const record of readTopic(kafka, topic)) records.push(record)
  return records
}

test('gives what stands on a topic, each partition in its order, with keys, headers and values', async () => {
  const [topic = ''] = await freshTopics(kafka, ['read'], 3)
  expect(await read(topic)).toEqual([])

  const texts = Array.from({ length: 30 }, (_, i) => `record ${i}`)
  await publish(...texts.map((text, i) => recordOf(topic, i % 2, text, { headers: { n: String(i) } })))
  const records = await read(topic)
  expect(records.map(({ partition, value }) => [partition, String(value)])).toEqual([
    ...texts.filter((_, i) => i % 2 === 0).map(text => [0, text]),
    ...texts.filter((_, i) => i % 2 === 1).map(text => [1, text]),
  ])
  expect(records[1]).toMatchObject({ topic, partition: 0, offset: 1n, key: Buffer.from('record 2') })
  expect(String(records[1]?.headers.n)).toBe('2')
  expect(Math.abs(Date.now() - (records[1]?.timestampMs ?? 0))).toBeLessThan(600_000)
})

test('reads on over several answers of the broker, and null keys and values', async () => {
  const [topic = ''] = await freshTopics(kafka, ['large'], 1, { 'max.message.bytes': '8000000' })
  const large = [1, 2, 3].map(n => recordOf(topic, 0, `large ${n}`, { value: Buffer.alloc(7_000_000, n) }))
  for (const record of large) await publish(record)
  await publish(recordOf(topic, 0, 'empty', { key: null, value: null }))
  const records = await read(topic)
  expect(records.map(({ value }) => value?.[0] ?? null)).toEqual([1, 2, 3, null])
  expect(records[3]?.key).toBeNull()
})

test('a topic that does not exist is named', async () => {
  await expect(read('no.such.topic')).rejects.toThrow(NoSuchTopic)
})
