import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBroker } from '../../../test/faults/own-broker.ts'
import {
  freshTopics,
  kafkaOf,
  notingPublisher,
  recordOf,
  testLogger,
  until,
  valuesIn,
} from '../../../test/faults/topic-fixture.ts'
import type { Kafka } from './client.ts'
import { consume } from './consume.ts'

let own: Awaited<ReturnType<typeof startBroker>>
let kafka: Kafka

beforeAll(async () => {
  own = await startBroker()
  kafka = kafkaOf([own.address])
})
afterAll(() => own.destroy())

const partitions = 4

/** Publishes all the time, consumes all the time, and does `harm` meanwhile. */
async function during(harm: () => Promise<void>) {
  const [topic] = (await freshTopics(kafka, ['harmed'], partitions)) as [string]
  const { publisher, outcome } = notingPublisher(kafka, { giveUpAfterMs: 60_000 })
  const consumed: string[][] = Array.from({ length: partitions }, () => [])
  const consumer = consume({
    kafka,
    groupId: `group-${randomUUID()}`,
    topics: [topic],
    maxBatch: 1_000,
    logger: testLogger,
    onBatch: async records => {
      for (const { partition, value } of records) consumed[partition]!.push(String(value))
    },
  })
  await consumer.run()

  const sent: string[][] = Array.from({ length: partitions }, () => [])
  let round = 0
  let harmed = false
  const publishing = (async () => {
    for (let after = 0; after < 20; after += harmed ? 1 : 0, round++) {
      const records = Array.from({ length: 2 * partitions }, (_, i) => recordOf(topic, i % partitions, `${round}.${i}`))
      for (const { partition, id } of records) sent[partition]!.push(id)
      publisher.publish(records)
      await sleep(10)
    }
  })()
  await sleep(300)
  await harm()
  harmed = true
  const healedMs = performance.now()
  await publishing
  await publisher.drain(30_000)
  const publishedMs = performance.now() - healedMs
  const distinct = () => consumed.map(values => [...new Set(values)])
  await until(() => distinct().flat().length === sent.flat().length, 'everything is consumed', 30_000)
  const consumedMs = performance.now() - healedMs
  await consumer.stop()
  await publisher.close()
  expect(outcome).toMatchObject({ refused: [], left: [] })
  // Exactly what was sent, in order, although requests were repeated.
  expect(await valuesIn(kafka, topic)).toEqual(sent)
  // Offsets may have been lost with the broker's answer, so that records came twice: each first copy is in order.
  expect(distinct()).toEqual(sent)
  return { rounds: round, publishedMs, consumedMs }
}

test('a broker that stands still for 3 s: nothing is lost, doubled or overtaken', async () => {
  const { rounds } = await during(async () => {
    await own.broker.pause()
    await sleep(3_000)
    await own.broker.resume()
  })
  expect(rounds).toBeGreaterThan(50)
})

test('a broker that is killed and started again: nothing is lost, doubled or overtaken, and the consumer goes on as the member it was', async () => {
  const { publishedMs, consumedMs } = await during(async () => {
    await own.broker.kill()
    await own.broker.restart()
  })
  // A new member would have to wait for the end of the old one's session, 10 s.
  expect(Math.max(publishedMs, consumedMs)).toBeLessThan(9_500)
})

test('rule 24: what a broker was away for is not sent for the first time past its deadline, and the rest goes on', async () => {
  const [topic] = (await freshTopics(kafka, ['late'], 1)) as [string]
  const { publisher, outcome } = notingPublisher(kafka)
  await own.broker.kill()
  publisher.publish([recordOf(topic, 0, 'in time', { deadlineMs: performance.now() + 60_000 })])
  publisher.publish([recordOf(topic, 0, 'too late', { deadlineMs: performance.now() + 500 })])
  await sleep(600)
  await own.broker.restart()
  await publisher.drain(20_000)
  await publisher.close()
  expect(outcome).toEqual({ acknowledged: ['in time'], refused: [], left: ['too late'] })
  expect(await valuesIn(kafka, topic)).toEqual([['in time']])
})

test('a consumer can be stopped while the broker is away', async () => {
  const [topic] = (await freshTopics(kafka, ['stopped'], 1)) as [string]
  const options = { kafka, groupId: `group-${randomUUID()}`, topics: [topic], maxBatch: 10, logger: testLogger }
  const consumer = consume({ ...options, onBatch: async () => undefined })
  await consumer.run()
  await own.broker.kill()
  await sleep(200)
  const began = performance.now()
  await consumer.stop()
  expect(performance.now() - began).toBeLessThan(11_000)
  await own.broker.restart()
})
