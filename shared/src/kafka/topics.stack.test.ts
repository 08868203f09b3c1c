import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { kafkaOf } from '../../../test/faults/topic-fixture.ts'
import { topicSpecs } from './topic-specs.ts'
import { createTopics, describeTopics } from './topics.ts'

const kafka = kafkaOf(inject('brokers'))
const specs = (partitions: number, prefix = `${randomUUID().slice(0, 8)}.`) =>
  topicSpecs({ service: 'order', eventsTopic: 'order.events.v1', prefix, partitions, replicationFactor: 1 })

test('topics are created once, as specified', async () => {
  const wanted = specs(3)
  const names = wanted.map(s => s.name)
  expect(await createTopics(kafka, wanted)).toEqual({ created: names, differences: [] })
  expect(await createTopics(kafka, wanted)).toEqual({ created: [], differences: [] })
  const { topics, autoCreateTopics } = await describeTopics(kafka, [...names, 'missing'])
  expect(autoCreateTopics).toBe(false)
  expect([...topics.keys()].toSorted()).toEqual(names.toSorted())
  for (const { name, partitions, config } of wanted)
    expect(topics.get(name)).toMatchObject({ partitions, replicationFactor: 1, config })
})

test('instances that start together create them together', async () => {
  const wanted = specs(2)
  const all = await Promise.all([1, 2, 3].map(() => createTopics(kafka, wanted)))
  for (const { differences } of all) expect(differences).toEqual([])
})

test('an existing topic is left as it is, and what differs is said', async () => {
  const [events, ...others] = specs(2)
  await createTopics(kafka, [events!, ...others])
  const wanted = { ...events!, partitions: 4, config: { ...events!.config, 'retention.ms': '1000' } }
  expect(await createTopics(kafka, [wanted, ...others])).toEqual({
    created: [],
    differences: [
      `${events!.name}: partitions is 2, wanted 4`,
      `${events!.name}: retention.ms is 604800000, wanted 1000`,
    ],
  })
})
