import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { recordBatch } from '../../../../test/proof/record-batch.ts'
import { leftTo } from '../mend-fetch.ts'
import type { BatchRecord } from './batch-record.ts'
import { crc32c } from './crc32c.ts'
import { CorruptBatch } from './cursor.ts'
import { decodeFetch } from './decode-fetch.ts'
import { fetchAnswer, type StockRecord, stockBatch, stockFetch } from './stock.fixture.ts'

// So many draws take a loaded machine its time.
vi.setConfig({ testTimeout: 60_000 })

const require = createRequire(import.meta.url)
const left = leftTo(require)

/** With what is read only when it is asked for. */
const plain = (message: object) => {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext } =
    message as BatchRecord
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext }
}
const decoded = async (answer: Buffer) => {
  const { responses, ...header } = await decodeFetch(answer, left)
  return {
    ...header,
    responses: responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(partition => ({
        ...partition,
        messages: partition.messages.map(m => plain(m as object)),
      })),
    })),
  }
}
const recordsOf = async (batches: Buffer) =>
  (await decodeFetch(fetchAnswer({ t: [batches] }), left)).responses[0]!.partitions[0]!.messages as BatchRecord[]

const logAppendTime = 0x8
const control = 0x20
/** As another client, or the broker, may have written it. */
function changed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  const copy = Buffer.from(batch)
  change(copy)
  copy.writeUInt32BE(crc32c(copy, 21, copy.length), 17)
  return copy
}
const withAttributes = (batch: Buffer, bits: number) =>
  changed(batch, copy => copy.writeInt16BE(copy.readInt16BE(21) | bits, 21))

const text = fc.oneof(fc.constantFrom('', 'ce_id', '__proto__', 'constructor', '0', 'ä'), fc.string({ unit: 'binary' }))
const bytes = fc.uint8Array({ maxLength: 300 }).map(drawn => Buffer.from(drawn))
const record: fc.Arbitrary<StockRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(text, fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })), { maxKeys: 12 }),
  timestamp: fc.oneof(fc.nat(2 ** 31 - 1), fc.constantFrom(1, 1_771_000_000_000, 2 ** 53 - 1)),
})
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 30 }),
  compression: fc.constantFrom(0, 0, 1, 4),
  firstOffset: fc.oneof(fc.bigInt(0n, 2n ** 40n), fc.constantFrom(0n, 2n ** 53n - 3n, 2n ** 63n - 100n)),
  transactional: fc.boolean(),
  producerId: fc.constantFrom('-1', '4000', '9223372036854775807'),
  bits: fc.constantFrom(0, 0, logAppendTime, control, control | logAppendTime),
})
type Drawn = typeof batch extends fc.Arbitrary<infer T> ? T : never
const made = async ({ records, bits, ...o }: Drawn) => withAttributes(await stockBatch(records, o), bits)

test('what a fetch brings is what kafkajs makes of it', async () => {
  const partition = fc.record({ batches: fc.array(batch, { maxLength: 4 }), cut: fc.nat(200) })
  const code = fc.constantFrom(0, 0, 1, 6, 74, -1)
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  const frame = fc.record({
    ...{ throttleMs: int32, errorCode: code, sessionId: int32, partitionErrorCode: code },
    ...{ preferredReplica: int32, nullArrays: fc.boolean() },
  })
  await fc.assert(
    fc.asyncProperty(fc.array(partition, { minLength: 1, maxLength: 3 }), frame, async (partitions, says) => {
      const sets = await Promise.all(
        partitions.map(async ({ batches, cut }) => {
          const whole = Buffer.concat(await Promise.all(batches.map(made)))
          const left = whole.subarray(0, whole.length - cut)
          // Of so few bytes kafkajs makes another thing: see below.
          return left.length < 17 ? whole : left
        }),
      )
      const answer = fetchAnswer({ one: sets, two: [] }, says)
      const stock = await stockFetch(answer)
      expect(await decoded(answer)).toEqual({
        ...stock,
        responses: stock.responses.map(({ topicName, partitions: of }) => ({
          topicName,
          partitions: of.map(each => ({ ...each, messages: each.messages.map(plain) })),
        })),
      })
    }),
  )
})

test('fewer bytes than a batch begins with are none, where kafkajs throws, after which its consumer joins anew', async () => {
  const whole = await stockBatch([{ key: Buffer.from('k'), value: Buffer.from('v'), headers: {} }])
  const thrown: unknown[] = []
  for (let length = 0; length < 17; length++) {
    const answer = fetchAnswer({ t: [whole.subarray(0, length), whole] })
    const { responses } = await decodeFetch(answer, left)
    expect(responses[0]!.partitions.map(({ messages }) => messages.length)).toEqual([0, 1])
    await stockFetch(answer).catch(error => thrown.push(error))
  }
  expect(thrown).not.toEqual([])
})

test('what other clients write: null headers, repeated ones, names that are no text, numbers beyond those of JavaScript', async () => {
  const header = fc.tuple(fc.oneof(text, bytes), fc.option(bytes))
  const raw = fc.record({
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.array(header, { maxLength: 30 }),
  })
  const time = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
  await fc.assert(
    fc.asyncProperty(fc.array(raw, { minLength: 1, maxLength: 5 }), time, async (records, firstTimestamp) => {
      const set = changed(recordBatch(records, 1), copy => copy.writeBigInt64BE(firstTimestamp, 27))
      const answer = fetchAnswer({ t: [set] })
      const stock = await stockFetch(answer)
      const messages = await recordsOf(set)
      expect(messages.map(plain)).toEqual(stock.responses[0]!.partitions[0]!.messages.map(plain))
      for (const message of messages)
        for (const [name, value] of Object.entries(message.headers))
          if (/^[ -~]*$/.test(name)) expect(message.header(name)).toEqual(value)
      for (const message of messages) expect(message.header('no such header')).toBeUndefined()
    }),
  )
})

test('key and value are views of what came, not copies', async () => {
  const answer = fetchAnswer({
    t: [await stockBatch([{ key: Buffer.from('k'), value: Buffer.from('v'), headers: {} }])],
  })
  const { responses } = await decodeFetch(answer, left)
  const { key, value } = responses[0]!.partitions[0]!.messages[0] as BatchRecord
  expect([key!.buffer, value!.buffer]).toEqual([answer.buffer, answer.buffer])
})

test.each([0, 1])('messages of the old format %i are read by kafkajs', async messageVersion => {
  const encode = require('kafkajs/src/protocol/messageSet')
  const entries = [{ key: 'a', value: 'b', timestamp: 7 }, { value: 'c' }]
  const set: Buffer = encode({ messageVersion, compression: 0, entries }).buffer
  const answer = fetchAnswer({ t: [set] })
  expect(await decodeFetch(answer, left)).toEqual(await stockFetch(answer))
})

test('batches of the old format behind others are left for the next fetch', async () => {
  const batch = await stockBatch([{ key: null, value: null, headers: {} }])
  const old: Buffer = require('kafkajs/src/protocol/messageSet')({ compression: 0, entries: [{ value: 'c' }] }).buffer
  expect(await recordsOf(Buffer.concat([batch, old]))).toHaveLength(1)
})

test('a batch that compaction has emptied holds nothing up', async () => {
  const one = await stockBatch([{ key: null, value: null, headers: {} }])
  const empty = changed(one.subarray(0, 61), copy => {
    copy.writeInt32BE(61 - 12, 8)
    copy.writeInt32BE(0, 57)
  })
  const packed = withAttributes(empty, 1)
  expect(await recordsOf(Buffer.concat([empty, packed, one]))).toHaveLength(1)
})

const some: StockRecord[] = [
  { key: Buffer.from('order-1'), value: Buffer.alloc(40, 7), headers: { ce_id: 'a', ce_type: 'b', twice: ['c', 'd'] } },
  { key: null, value: null, headers: {} },
  { key: Buffer.from('order-2'), value: Buffer.alloc(300), headers: { ce_id: 'e' } },
]

test.each([0, 1, 4])('no bit of a batch (compression %i) can be other than it was', async compression => {
  const batch = await stockBatch(some, { compression })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 17, max: batch.length - 1 }), fc.nat(7), async (at, bit) => {
      const spoilt = Buffer.from(batch)
      spoilt[at]! ^= 1 << bit
      const error = await recordsOf(spoilt).then(
        () => undefined,
        (e: unknown) => e,
      )
      expect(error).toBeInstanceOf(CorruptBatch)
      expect((error as Error).message).toBe('the batch of t/0 at offset 0 cannot be read: its checksum does not match')
    }),
  )
})

test('bytes that are wrong from the beginning end in an error that says so, or in records', async () => {
  const batches = await Promise.all([0, 1, 4].map(compression => stockBatch(some, { compression })))
  const spoiling = fc.array(fc.tuple(fc.integer({ min: 21, max: 700 }), fc.nat(255)), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...batches), spoiling, async (batch, places) => {
      const spoilt = changed(batch, copy => {
        for (const [at, byte] of places) copy[at % copy.length < 21 ? 61 : at % copy.length] = byte
      })
      try {
        for (const { headers, key, value } of await recordsOf(spoilt)) expect([headers, key, value]).toBeDefined()
      } catch (error) {
        if ((error as Error).name !== 'KafkaJSNotImplemented') expect(error).toBeInstanceOf(CorruptBatch)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('as many headers as a record holds are read at once', async () => {
  const names = Array.from({ length: 80_000 }, (_, i) => i.toString(36))
  const different = names.map((name): [string, string] => [name, 'x'])
  const same = names.map((name): [string, string] => ['same', name])
  const record = { key: null, value: null }
  const [one, other] = await recordsOf(
    recordBatch(
      [
        { ...record, headers: different },
        { ...record, headers: same },
      ],
      1,
    ),
  )
  expect(Object.keys(one!.headers)).toHaveLength(80_000)
  expect(one!.header('zz')).toEqual(Buffer.from('x'))
  expect(other!.headers.same).toHaveLength(80_000)
  expect(other!.header('same')).toHaveLength(80_000)
})
