import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { recordBatch } from '../../../../test/proof/record-batch.ts'
import type { PartitionBatch } from '../produce-link.ts'
import { notAscii, sizeBatch, writeBatch } from './encode-batch.ts'
import { encodeProduce } from './encode-produce.ts'
import { type StockRecord, stockProduce } from './stock.fixture.ts'

// So many draws take a loaded machine its time.
vi.setConfig({ testTimeout: 60_000 })

const text = fc.oneof(
  fc.constantFrom(
    '',
    'ce_id',
    '0',
    'constructor',
    '__proto__',
    'x'.repeat(99),
    'x'.repeat(101),
    'ä'.repeat(60),
    '\ud800',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
)
const bytes = fc.uint8Array({ maxLength: 200 }).map(drawn => Buffer.from(drawn))
const large = fc
  .tuple(fc.nat(255), fc.integer({ min: 8_000, max: 100_000 }))
  .map(([fill, size]) => Buffer.alloc(size, fill))
const headerValue = fc.oneof(text, bytes)
const headers = fc
  .array(fc.tuple(text, fc.oneof({ weight: 5, arbitrary: headerValue }, fc.array(headerValue, { maxLength: 3 }))), {
    maxLength: 12,
  })
  .map(entries => Object.fromEntries(entries))
const recordWith = (value: fc.Arbitrary<Buffer>): fc.Arbitrary<StockRecord> =>
  fc.record({ key: fc.option(fc.oneof(text, bytes)), value: fc.option(value), headers })
const records = fc.oneof(
  { weight: 4, arbitrary: fc.array(recordWith(bytes), { minLength: 1, maxLength: 10 }) },
  { weight: 1, arbitrary: fc.tuple(recordWith(large)) },
  // So many that their places take two bytes.
  {
    weight: 1,
    arbitrary: fc.tuple(recordWith(bytes), fc.integer({ min: 60, max: 300 })).map(([one, n]) => Array(n).fill(one)),
  },
)
const batch = fc.record({
  topic: fc.constantFrom('balance.events.v1', 'ä'),
  partition: fc.nat(40),
  firstSequence: fc.oneof(fc.nat(1_000), fc.constantFrom(2 ** 31 - 1, 2 ** 31 - 2)),
  // kafkajs takes 0 for none.
  timestampMs: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.constantFrom(1_771_000_000_000, 2 ** 53 - 1)),
  records,
}) as fc.Arbitrary<PartitionBatch>
const request = fc.record({
  version: fc.constantFrom(3, 7),
  correlationId: fc.nat(2 ** 31 - 1),
  clientId: fc.constantFrom('balance', 'ä'),
  ackTimeoutMs: fc.nat(60_000),
  producer: fc.record({ id: fc.bigInt(-1n, 2n ** 63n - 1n).map(String), epoch: fc.integer({ min: -1, max: 32_767 }) }),
  batches: fc.array(batch, { minLength: 1, maxLength: 4 }),
})
type Request = Parameters<typeof encodeProduce>[0]

const asKafkajs = ({ producer, ackTimeoutMs, batches, ...head }: Request) => ({
  ...head,
  ...{ timeout: ackTimeoutMs, producerId: producer.id, producerEpoch: producer.epoch },
  topicData: [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, firstSequence, timestampMs, records }) => ({
      ...{ partition, firstSequence },
      messages: records.map(each => ({ ...each, timestamp: timestampMs })),
    })),
  })),
})

test('a Produce request is what kafkajs makes of it, byte by byte', async () => {
  await fc.assert(
    fc.asyncProperty(request, async drawn => {
      expect(encodeProduce(drawn).equals(await stockProduce(asKafkajs(drawn)))).toBe(true)
    }),
  )
})

test('a header may be null, which kafkajs does not write', () => {
  const headers = { empty: '', none: null, many: [null, 'a', null] }
  const raw = Object.entries(headers).flatMap(([name, values]) => [values].flat().map(value => [name, value] as const))
  const one = { key: Buffer.from('k'), value: null }
  const expected = recordBatch([{ ...one, headers: raw }], 5)
  const sized = sizeBatch(
    { producerId: -1n, producerEpoch: -1, firstSequence: -1, timestampMs: 5, records: [{ ...one, headers }] },
    Buffer.byteLength,
  )
  const ours = Buffer.alloc(sized.bytes)
  expect(writeBatch(ours, 0, sized, Buffer.byteLength)).toBe(expected.length)
  // All but the epoch of the leader, for which kafkajs writes 0.
  ours.writeInt32BE(-1, 12)
  expect(ours).toEqual(expected)
})

test('a text that is not as long as it was taken for ends the writing', () => {
  const records = [{ key: 'ä', value: null, headers: {} }]
  const sized = sizeBatch(
    { producerId: 0n, producerEpoch: 0, firstSequence: 0, timestampMs: 1, records },
    text => text.length,
  )
  expect(() => writeBatch(Buffer.alloc(sized.bytes), 0, sized, text => text.length)).toThrow(notAscii)
})
