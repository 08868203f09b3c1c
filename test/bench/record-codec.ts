/**
 * What records cost a service between its own code and the socket, with kafkajs' codec and with the kit's, in CPU
 * microseconds a record:
 *
 *     node test/bench/record-codec.ts
 *
 * Produce: from outbound records to the bytes of the request. Consume: from the bytes of the answer to records whose key,
 * ce_type and ce_id have been read. Without a broker and a socket; events like the shop's, a value of 120 bytes.
 */
import { createRequire } from 'node:module'
import type { EachBatchPayload } from '../../shared/src/kafka/client.ts'
import { readHeader, writeHeaders } from '../../shared/src/kafka/cloudevents.ts'
import { chunksOf } from '../../shared/src/kafka/fetched.ts'
import { leftTo } from '../../shared/src/kafka/mend-fetch.ts'
import type { PartitionBatch } from '../../shared/src/kafka/produce-link.ts'
import { decodeFetch } from '../../shared/src/kafka/records/decode-fetch.ts'
import { encodeProduce } from '../../shared/src/kafka/records/encode-produce.ts'
import { fetchAnswer, stockBatch, stockFetch, stockProduce } from '../../shared/src/kafka/records/stock.fixture.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'

type Codec = 'stock' | 'own'
const codecs: readonly Codec[] = ['stock', 'own']
const require = createRequire(import.meta.url)
const Batch = require('kafkajs/src/consumer/batch')
const left = leftTo(require)
const topic = 'balance.events.v1'
const producer = { id: '4711', epoch: 0, next: new Map<string, number>() }
const rounds = 7
const roundMs = 300

function records(count: number) {
  const time = new Date()
  return Array.from({ length: count }, () => {
    const sagaId = newSagaId()
    const headers = writeHeaders({
      ...{ sagaId, time, service: 'balance', type: 'shop.balance.BalanceDeducted' },
      ...{ id: `${sagaId}/deduct_balance/action`, causationId: `${sagaId}/reserve_stock/action` },
      traceparent: undefined,
    })
    const { 'content-type': _, ...eight } = headers
    return { key: Buffer.from(sagaId), value: Buffer.alloc(120, 'v'), headers: eight }
  })
}

async function produceRequest(codec: Codec, batch: PartitionBatch): Promise<Buffer> {
  const head = { version: 7, correlationId: 1, clientId: 'balance' }
  if (codec === 'own') return encodeProduce({ ...head, producer, ackTimeoutMs: 1_000, batches: [batch] })
  const { partition, firstSequence, timestampMs } = batch
  const messages = batch.records.map(({ key, value, headers }) => ({ key, value, headers, timestamp: timestampMs }))
  return stockProduce({
    ...{ ...head, timeout: 1_000, producerId: producer.id, producerEpoch: producer.epoch },
    topicData: [{ topic, partitions: [{ partition, firstSequence, messages }] }],
  })
}

async function consumeAnswer(codec: Codec, answer: Buffer): Promise<number> {
  const { responses } = codec === 'own' ? await decodeFetch(answer, left) : await stockFetch(answer)
  let read = 0
  for (const { topicName, partitions } of responses)
    for (const partition of partitions) {
      const batch = new Batch(topicName, '0', partition)
      for (const { records } of chunksOf([{ batch } as EachBatchPayload], 10_000))
        for (const record of records)
          read += `${String(record.key)}${readHeader(record, 'ce_type')}${readHeader(record, 'ce_id')}`.length
    }
  return read
}

/** Microseconds of this process's CPU for one run, of as many as fit into a round. */
async function cpuUs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  const endMs = performance.now() + roundMs
  let runs = 0
  for (; performance.now() < endMs; runs++) await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / runs
}

/** In turns, so that a noisy neighbour disturbs both; the median of each. */
async function compare(run: (codec: Codec) => Promise<unknown>): Promise<Record<Codec, number>> {
  const taken: Record<Codec, number[]> = { stock: [], own: [] }
  for (const codec of codecs) await cpuUs(() => run(codec))
  for (let round = 0; round < rounds; round++)
    for (const codec of codecs) taken[codec].push(await cpuUs(() => run(codec)))
  const median = (of: number[]) => of.toSorted((a, b) => a - b)[rounds >> 1]!
  return { stock: median(taken.stock), own: median(taken.own) }
}

const row = (...cells: readonly (string | number)[]) =>
  console.log(cells.map(cell => String(cell).padStart(9)).join(' '))
console.log('CPU microseconds a record')
row('', 'records', 'stock', 'own', 'stock/own')
for (const count of [1, 20, 500]) {
  const made = records(count)
  const batch = { topic, partition: 0, firstSequence: 0, timestampMs: Date.now(), records: made }
  const answer = fetchAnswer({
    [topic]: [await stockBatch(made.map(record => ({ ...record, timestamp: Date.now() })))],
  })
  for (const [path, run] of [
    ['produce', (codec: Codec) => produceRequest(codec, batch)],
    ['consume', (codec: Codec) => consumeAnswer(codec, answer)],
  ] as const) {
    const { stock, own } = await compare(run)
    row(path, count, (stock / count).toFixed(2), (own / count).toFixed(2), (stock / own).toFixed(1))
  }
}
