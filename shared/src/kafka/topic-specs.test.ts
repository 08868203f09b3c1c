import { expect, test } from 'vitest'
import { mostHeaderBytes } from '../core/letter.ts'
import { topicSpecs } from './topic-specs.ts'

const specs = (o: Partial<Parameters<typeof topicSpecs>[0]> = {}) =>
  topicSpecs({ service: 'order', eventsTopic: 'order.events.v1', partitions: 6, replicationFactor: 3, ...o })

test('a participant needs its events, its dead letters and the declarations, under the prefix of the deployment', () => {
  expect(specs().map(s => [s.name, s.partitions])).toEqual([
    ['order.events.v1', 6],
    ['order.dlq', 6],
    ['saga.declarations', 1],
  ])
  expect(specs({ prefix: 'test.' }).map(s => s.name)).toEqual([
    'test.order.events.v1',
    'test.order.dlq',
    'test.saga.declarations',
  ])
})

test('rule 22: a letter may be twice as large as an event, and has room for its headers where events are small', () => {
  const limits = (maxMessageBytes: number) => {
    const [events, letters] = specs({ maxMessageBytes })
    return [events, letters].map(topic => Number(topic!.config['max.message.bytes']))
  }
  expect(limits(1_000_000)).toEqual([1_000_000, 2_000_000])
  expect(limits(1_000)).toEqual([1_000, 1_000 + mostHeaderBytes])
})

test('an acknowledgement survives the loss of a broker, where there is more than one', () => {
  for (const [replicationFactor, inSync] of [
    [1, '1'],
    [2, '1'],
    [3, '2'],
  ] as const)
    for (const { config } of specs({ replicationFactor }))
      expect(config).toMatchObject({ 'min.insync.replicas': inSync, 'unclean.leader.election.enable': 'false' })
})

test('declarations are kept, the last one of each participant', () =>
  expect(specs()[2]!.config['cleanup.policy']).toBe('compact'))
