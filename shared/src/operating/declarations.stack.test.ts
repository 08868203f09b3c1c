import { expect, inject, test } from 'vitest'
import { freshTopics, kafkaOf, notingPublisher, recordOf, until } from '../../../test/faults/topic-fixture.ts'
import { declarationOf } from '../runtime/declaration.ts'
import { ledger } from '../testing/participant.fixture.ts'
import { readDeclarations } from './declarations.ts'

test('the last declaration of each participant counts; who took itself out is gone, and what is none is named', async () => {
  const kafka = kafkaOf(inject('brokers'))
  const [topic = ''] = await freshTopics(kafka, ['saga.declarations'], 1, { 'cleanup.policy': 'compact' })
  const declare = (key: string, value: unknown, n: number) =>
    recordOf(topic, 0, `${key} ${n}`, { key, value: value === null ? null : Buffer.from(JSON.stringify(value)) })
  const own = declarationOf(ledger, 'http://127.0.0.1:3101')
  const { publisher, outcome } = notingPublisher(kafka)
  publisher.publish([
    declare('ledger', { ...own, adminUrl: 'http://old:1' }, 1),
    declare('gone', { ...own, service: 'gone' }, 2),
    declare('broken', { service: 'broken' }, 3),
    declare('odd', { ...own, service: 'odd', adminUrl: 'file:///etc' }, 4),
    declare('gone', null, 5),
    declare('ledger', own, 6),
  ])
  await until(() => outcome.acknowledged.length === 6, 'all is acknowledged')
  await publisher.close()

  const { declared, unread } = await readDeclarations(kafka, topic.slice(0, topic.indexOf('saga.declarations')))
  expect(declared).toMatchObject([{ service: 'ledger', adminUrl: 'http://127.0.0.1:3101', letterTopic: 'ledger.dlq' }])
  expect(declared[0]?.reactions.map(({ on, step }) => [on, step])).toEqual(
    own.reactions.map(({ on, step }) => [on, step]),
  )
  expect(unread).toEqual([
    { service: 'broken', why: expect.stringMatching(/^declares what is no declaration \(letterTopic: /) },
    { service: 'odd', why: expect.stringMatching(/\(adminUrl: /) },
  ])
})
