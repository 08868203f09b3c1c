import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { exampleOf } from '../../schemas/tooling/example.ts'
import { topicSpecs } from '../../shared/src/kafka/topic-specs.ts'
import type { EventType } from '../../shared/src/messages.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { randomOf } from '../../shared/src/testing/simulation/random.ts'
import { expectAllSettled } from '../e2e/at-rest.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { type HandPublisher, handPublisher } from '../e2e/hand-publisher.ts'
import { type Acknowledged, type Goods, placeOrders, seedGoods } from '../e2e/load.ts'
import { sum } from '../e2e/metrics.ts'
import { eventTypes, type Recorder, record } from '../e2e/recorder.ts'
import { type RunningShop, runShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { owedBy } from './expected-letters.ts'
import { type Fuzzed, faultNames, fuzzed, type Materials } from './fuzzed-record.ts'
import { registerHostile } from './hostile-schemas.ts'
import { countlessHeaders, oddHeaders } from './odd-headers.ts'
import { type RawProducer, rawProducer } from './raw-producer.ts'
import { batchOverheadBytes, encodeRecord, type RawRecord } from './record-batch.ts'
import { rewind } from './rewind.ts'

const seed = 'ten thousand records'
const count = 10_000
/** As large as their topic takes: of each fault one. */
const huge = faultNames.length
const maxBytes = Number(
  topicSpecs({ service: '', eventsTopic: '', partitions: 1, replicationFactor: 1 })[0]!.config!['max.message.bytes'],
)

let shop: RunningShop
let recorder: Recorder
let byHand: HandPublisher
let producer: RawProducer
let goods: Goods
let pids: unknown
const acknowledged: Acknowledged = new Map()
/** By letter id, for each service. */
const owed = Object.fromEntries(serviceNames.map(service => [service, new Map<string, Fuzzed>()])) as Record<
  ServiceName,
  Map<string, Fuzzed>
>

beforeAll(async () => {
  shop = await runShop('fuzzed', { environment: { STOCK_RELEASE_DELAY: '500ms', LOG_LEVEL: 'fatal' } })
  pids = pidsOf()
  recorder = await record(shop)
  byHand = await handPublisher(shop)
  producer = await rawProducer(shop.ground.brokers[0]!)
  goods = await seedGoods(shop.client)
}, 120_000)
afterAll(async () => {
  producer?.end()
  await byHand?.end()
  await recorder?.end()
  await shop?.end()
})

test(`of ${count} bad records each is one letter of each service that it may be meant for; orders end as they should`, async () => {
  await placeOrders(shop, goods, { orders: 40, together: 20, acknowledged })
  await expectAllSettled(shop, { acknowledged })
  await recorder.caughtUp()
  const wellKnown = recorder.records.filter(({ topic }) => topic === 'order.events.v1')
  const before = await duplicates()

  const load = placeOrders(shop, goods, { orders: 200, together: 10, acknowledged })
  const materials = await gather()
  const random = randomOf(seed)
  const bad = Array.from({ length: count }, (_, i) =>
    fuzzed(faultNames[i % faultNames.length]!, randomOf(seed, i), materials, { huge: i < huge }),
  )
  // Odd, and nothing wrong with them: they are events that everybody has had.
  const odd = Array.from({ length: 200 }, (_, i) => {
    const { topic, key, value, headers } = i === 0 ? wellKnown[0]! : random.pick(wellKnown)
    return {
      topic,
      key,
      value,
      headers: [...Object.entries(headers), ...(i === 0 ? countlessHeaders : oddHeaders(random))],
    }
  })
  await send(random.shuffled([...bad, ...odd]))
  await load

  for (const service of serviceNames) expect(owed[service].size, `letters that ${service} owes`).toBeGreaterThan(1_000)
  console.log(`letters owed: ${serviceNames.map(service => `${service} ${owed[service].size}`).join(', ')}`)
  await expectExactlyTheLetters()
  await expectAllSettled(shop, { acknowledged })
  expect(await duplicates()).toBeGreaterThan(before)
  expect(pidsOf()).toEqual(pids)
  for (const service of serviceNames) {
    const samples = await shop.metrics(service)
    expect(sum(samples, 'saga_retries_total'), service).toBe(0)
    expect(sum(samples, 'saga_steps_total', { outcome: 'failed' }), service).toBe(0)
    expect(sum(samples, 'saga_steps_total', { outcome: 'dead' }), service).toBe(0)
  }
}, 300_000)

test('all of it read again from the earliest record: the same letters', async () => {
  await Promise.all(
    serviceNames.map(async service => {
      expect(await shop.services[service].stop()).toBe(0)
      await rewind(shop, service, 'earliest')
      await shop.services[service].start()
    }),
  )
  await placeOrders(shop, goods, { orders: 20, together: 10, acknowledged })
  await expectExactlyTheLetters()
  await expectAllSettled(shop, { acknowledged })
}, 300_000)

async function gather(): Promise<Materials> {
  const types = (eventTypes as EventType<any>[]).filter(type => owedByAnybody(type))
  const { hostile, noAvroId } = await registerHostile(shop.ground.registryUrl, shop.topicPrefix, types)
  return {
    ...{ types, hostile, noAvroId, maxBytes, sagaIds: [...acknowledged.keys()] },
    whole(type) {
      const orderId = newSagaId()
      const event = type({ ...(exampleOf(type.schema.avro as object) as object), orderId })
      const made = byHand.event(event, { id: `${orderId}/fuzz/action` })
      return { ...made, value: made.value! }
    },
  }
}
const owedByAnybody = ({ schema: { topic, fullName } }: EventType<any>) =>
  owedBy({ topic, claims: fullName } as Fuzzed).length > 0

type Sent = Fuzzed | (RawRecord & { readonly topic: string })

/** Spread over the partitions, in batches of what its topic takes; notes under their ids those for which a letter is owed. */
async function send(records: readonly Sent[]): Promise<void> {
  const random = randomOf(seed, 'partitions')
  const lanes = Map.groupBy(records, ({ topic }) => `${topic}/${random.int(0, shop.partitions - 1)}`)
  const batches = [...lanes].flatMap(([lane, all]) => batchesOf(all).map(batch => ({ lane, batch })))
  for (const { lane, batch } of random.shuffled(batches)) {
    const [name, partition] = lane.split('/') as [string, string]
    const topic = shop.topicPrefix + name
    const first = await producer.send(topic, Number(partition), batch)
    for (const [i, sent] of batch.entries())
      if ('fault' in sent)
        for (const service of owedBy(sent)) owed[service].set(`${topic}/${partition}/${first + i}`, sent)
  }
}

function batchesOf(records: readonly Sent[]): Sent[][] {
  const batches: Sent[][] = []
  let room = 0
  for (const sent of records) {
    const bytes = encodeRecord(sent, 0).length + 10
    if (bytes > room || batches.at(-1)!.length === 50) {
      batches.push([])
      room = maxBytes - batchOverheadBytes
    }
    batches.at(-1)!.push(sent)
    room -= bytes
  }
  return batches
}

async function expectExactlyTheLetters(): Promise<void> {
  await untilConsumed(shop, serviceNames, { limitMs: 120_000 })
  await until(
    'all letters are published',
    async () => {
      const left = await Promise.all(
        serviceNames.map(service => shop.query(service, 'select count(*) from saga.outbox')),
      )
      return left.every(([row]) => row.count === 0)
    },
    { limitMs: 120_000 },
  )
  await recorder.caughtUp()
  for (const service of serviceNames) {
    const letters = recorder.letters(service)
    const ids = letters.map(({ headers }) => String(headers['dlq-id']))
    expect(ids.toSorted(), `letters of ${service}`).toEqual([...owed[service].keys()].toSorted())
    for (const [i, { key, value, headers }] of letters.entries()) {
      const sent = owed[service].get(ids[i]!)!
      expect(digest(value), `${sent.fault}: its value`).toBe(digest(sent.value))
      expect(digest(key), `${sent.fault}: its key`).toBe(digest(sent.key))
      // A code of its own for everything that can be wrong: these two are for what nobody has thought of.
      expect(['unreadable', 'row-refused'], sent.fault).not.toContain(String(headers['dlq-error-code']))
    }
    const dead = await shop.query(service, `select message_id from saga.waiting where kind = 'dead'`)
    expect(dead.length, `dead rows of ${service}`).toBe(owed[service].size)
  }
}

const digest = (bytes: Buffer | null) => bytes && createHash('sha1').update(bytes).digest('hex')
const pidsOf = () => serviceNames.map(service => shop.services[service].pid)
const duplicates = () => shop.steps({ outcome: 'duplicate' })
