import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type LossyProxy, startProxy } from '../faults/tcp-proxy.ts'
import { freshTopics, kafkaOf, notingPublisher, recordOf } from '../faults/topic-fixture.ts'
import { countRequests } from './count-requests.ts'

const [host, port] = inject('brokers')[0]!.split(':') as [string, string]
let proxy: LossyProxy
beforeAll(async () => {
  proxy = await startProxy({ host, port: Number(port) })
})
afterAll(() => proxy.close())

test('what a transaction publishes goes to a broker in one request, over however many topics and partitions', async () => {
  const topics = await freshTopics(kafkaOf([`${host}:${port}`]), ['one', 'two'], 4)
  const { publisher, outcome } = notingPublisher(kafkaOf([`${host}:${port}`], () => ({ host, port: proxy.port })))
  const asked = countRequests(proxy)
  for (let transaction = 1; transaction <= 3; transaction++) {
    publisher.publish(Array.from({ length: 400 }, (_, n) => recordOf(topics[n % 2]!, n % 4, `${transaction}.${n}`)))
    await publisher.drain(30_000)
    expect(outcome.acknowledged).toHaveLength(400 * transaction)
    expect(asked.produce).toBe(transaction)
  }
  await publisher.close()
})
