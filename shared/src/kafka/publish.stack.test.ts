import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../../../test/faults/tcp-proxy.ts'
import { freshTopics, kafkaOf, notingPublisher, recordOf, until, valuesIn } from '../../../test/faults/topic-fixture.ts'

const brokers = inject('brokers')
const [host, port] = brokers[0]!.split(':') as [string, string]
const kafka = kafkaOf(brokers)
const produce = 0
let proxy: LossyProxy

beforeAll(async () => {
  proxy = await startProxy({ host, port: Number(port) })
})
afterAll(() => proxy.close())

/** A publisher that reaches the broker only through the proxy. */
const throughProxy = (o: Parameters<typeof notingPublisher>[1] = {}) =>
  notingPublisher(
    kafkaOf(brokers, () => ({ host, port: proxy.port })),
    o,
  )

test.each(['cut', 'lose'] as const)(
  'rule 25: answers to produce requests that the broker has taken are lost (%s): each record is there once, in order',
  async fate => {
    const [topic] = await freshTopics(kafka, ['lost-answers'], 4)
    const { publisher, outcome } = throughProxy()
    let produced = 0
    let lost = 0
    proxy.answerTo = apiKey => {
      if (apiKey !== produce) return 'pass'
      // An answer that is lost without its connection is noticed only after the request's 5 s, so it is one.
      const loses = fate === 'cut' ? produced % 3 === 0 : produced === 2
      produced++
      if (loses) lost++
      return loses ? fate : 'pass'
    }
    const sent = Array.from({ length: 4 }, (): string[] => [])
    // On a loaded machine many rounds go with one request.
    const enough = fate === 'cut' ? 2 : 1
    for (let round = 0; round < 25 || (lost < enough && round < 1_000); round++) {
      const records = Array.from({ length: 8 }, (_, i) => recordOf(topic!, i % 4, `${round}.${i}`))
      for (const { partition, id } of records) sent[partition]!.push(id)
      publisher.publish(records)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    await publisher.drain(20_000)
    proxy.answerTo = () => 'pass'
    await publisher.close()
    expect(lost).toBeGreaterThanOrEqual(enough)
    expect(outcome).toMatchObject({ refused: [], left: [] })
    expect(outcome.acknowledged.toSorted()).toEqual(sent.flat().toSorted())
    expect(await valuesIn(kafka, topic!)).toEqual(sent)
  },
)

const givenUp = async (throwProducerAway: boolean) => {
  const [topic] = await freshTopics(kafka, ['given-up'], 1)
  const { publisher, outcome } = throughProxy({ giveUpAfterMs: 300, safeguards: { throwProducerAway } })
  proxy.answerTo = apiKey => (apiKey === produce ? 'cut' : 'pass')
  publisher.publish([recordOf(topic!, 0, 'first')])
  await until(() => outcome.left.length === 1, 'the first record is left')
  proxy.answerTo = () => 'pass'
  publisher.publish([recordOf(topic!, 0, 'second')])
  await publisher.drain(10_000)
  await publisher.close()
  expect(outcome.acknowledged).toEqual(['second'])
  return (await valuesIn(kafka, topic!))[0]
}

test('rule 25: after a batch that was given up the next one is not taken for its duplicate', async () =>
  expect(await givenUp(true)).toEqual(['first', 'second']))

test('rule 25, safeguard off: the broker acknowledges the next batch as a duplicate, and it is lost', async () =>
  expect(await givenUp(false)).toEqual(['first']))

test('a half-open connection is given up, and the batch repeated over another one', async () => {
  const [topic] = await freshTopics(kafka, ['half-open'], 1)
  const { publisher, outcome } = throughProxy()
  publisher.publish([recordOf(topic!, 0, 'before')])
  await publisher.drain(5_000)
  proxy.hold()
  publisher.publish([recordOf(topic!, 0, 'during')])
  await new Promise(resolve => setTimeout(resolve, 500))
  proxy.heal() // for new connections; the old one stays dead
  publisher.publish([recordOf(topic!, 0, 'after')])
  await publisher.drain(15_000)
  await publisher.close()
  expect(outcome.acknowledged).toEqual(['before', 'during', 'after'])
  expect((await valuesIn(kafka, topic!))[0]).toEqual(['before', 'during', 'after'])
})

test('a record that the broker finds too large is isolated and named; its saga waits, the others flow', async () => {
  const [topic] = await freshTopics(kafka, ['too-large'], 2, { 'max.message.bytes': '20000' })
  const { publisher, outcome } = notingPublisher(kafka)
  const records = Array.from({ length: 100 }, (_, i) => recordOf(topic!, i % 2, `r${i}`, { key: `saga${i % 50}` }))
  records[41] = recordOf(topic!, 1, 'r41', { key: 'saga41', value: Buffer.alloc(30_000) })
  publisher.publish(records)
  await publisher.drain(10_000)
  await publisher.close()
  expect(outcome).toMatchObject({ refused: ['r41'], left: ['r91'] })
  const [even, odd] = await valuesIn(kafka, topic!)
  expect(even).toHaveLength(50)
  expect(odd).toEqual(records.filter(r => r.partition === 1 && !['r41', 'r91'].includes(r.id)).map(r => r.id))
})

test('records that are small enough, but together more than the topic takes in a batch, are sent in smaller ones', async () => {
  const [topic] = await freshTopics(kafka, ['small-batches'], 1, { 'max.message.bytes': '20000' })
  const { publisher, outcome } = notingPublisher(kafka)
  const records = Array.from({ length: 200 }, (_, i) =>
    recordOf(topic!, 0, `r${i}`, { value: Buffer.from(`r${i}`.padEnd(2_000)) }),
  )
  publisher.publish(records)
  await publisher.drain(10_000)
  await publisher.close()
  expect(outcome).toMatchObject({ refused: [], left: [] })
  expect((await valuesIn(kafka, topic!))[0]!.map(value => value.trim())).toEqual(records.map(r => r.id))
})

test('two publishers on one partition, as an instance and the sweeper, disturb each other in nothing', async () => {
  const [topic] = await freshTopics(kafka, ['two-publishers'], 1)
  const [a, b] = [notingPublisher(kafka), notingPublisher(kafka)]
  for (let i = 0; i < 100; i++) {
    a.publisher.publish([recordOf(topic!, 0, `a${i}`)])
    b.publisher.publish([recordOf(topic!, 0, `b${i}`)])
    await new Promise(resolve => setImmediate(resolve))
  }
  await Promise.all([a.publisher.drain(10_000), b.publisher.drain(10_000)])
  await Promise.all([a.publisher.close(), b.publisher.close()])
  const [values] = await valuesIn(kafka, topic!)
  for (const name of ['a', 'b'])
    expect(values!.filter(v => v.startsWith(name))).toEqual(Array.from({ length: 100 }, (_, i) => `${name}${i}`))
})

test('a topic that does not exist holds up no other', async () => {
  const [topic] = await freshTopics(kafka, ['exists'], 1)
  const { publisher, outcome } = notingPublisher(kafka)
  publisher.publish([
    recordOf(`${topic}-not`, 0, 'nowhere', { deadlineMs: performance.now() + 1_500 }),
    recordOf(topic!, 0, 'there'),
  ])
  await until(() => outcome.acknowledged.length === 1, 'the record of the topic that exists is acknowledged', 1_000)
  await publisher.drain(10_000)
  await publisher.close()
  expect(outcome).toEqual({ acknowledged: ['there'], refused: [], left: ['nowhere'] })
})
