import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BrokerModel, brokerModel, type Trouble } from '../../../test/faults/broker-model.ts'
import { type LeftReason, type OutboundRecord, type Publisher, publisherOn } from './publish.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function record(id: string, o: Partial<OutboundRecord> = {}): OutboundRecord {
  return { id, topic: 't', partition: 0, key: id, value: Buffer.from(id), headers: {}, deadlineMs: Infinity, ...o }
}

function start(model: BrokerModel, o: { giveUpAfterMs?: number; safeguards?: { throwProducerAway: boolean } } = {}) {
  const ends: { id: string; end: 'acknowledged' | 'refused' | LeftReason }[] = []
  const note = (end: (typeof ends)[number]['end']) => (records: readonly OutboundRecord[]) =>
    ends.push(...records.map(r => ({ id: r.id, end })))
  const publisher: Publisher = publisherOn(model, {
    logger: quiet,
    onAcknowledged: note('acknowledged'),
    onRefused: r => note('refused')([r]),
    onLeft: (records, reason) => note(reason)(records),
    ...o,
  })
  const endOf = (id: string) =>
    ends
      .filter(e => e.id === id)
      .map(e => e.end)
      .join()
  return { publisher, ends, endOf }
}
/** Lets the fake clock run until nothing is pending. */
async function done({ publisher }: { publisher: Publisher }, limitMs = 120_000): Promise<void> {
  for (let ms = 0; publisher.pending > 0 && ms < limitMs; ms += 50) await vi.advanceTimersByTimeAsync(50)
}

test('what collects while a leader is busy goes with the next send', async () => {
  const model = brokerModel()
  const run = start(model)
  for (let i = 0; i < 100; i++) {
    run.publisher.publish([record(`a${i}`), record(`b${i}`, { partition: 1 })])
    await vi.advanceTimersByTimeAsync(0)
  }
  await done(run)
  expect(model.logs.get('t/0')).toEqual(Array.from({ length: 100 }, (_, i) => `a${i}`))
  expect(model.logs.get('t/1')).toHaveLength(100)
  expect(model.requests).toBe(2)
})

test('rule 25: an answer that is lost is asked for again with the same batch, and nothing is lost, doubled or overtaken', async () => {
  const model = brokerModel()
  const troubles: Trouble[] = ['answer-lost', 'request-lost', 'answer-lost', 7, 'answer-lost']
  model.trouble = () => troubles.shift() ?? 'none'
  const run = start(model)
  for (const id of ['a', 'b', 'c', 'd']) {
    run.publisher.publish([record(id)])
    await vi.advanceTimersByTimeAsync(30)
  }
  await done(run)
  expect(model.logs.get('t/0')).toEqual(['a', 'b', 'c', 'd'])
  expect(run.ends.map(e => e.end)).toEqual(['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged'])
})

const lostUntilGivenUp = async (throwProducerAway: boolean) => {
  const model = brokerModel()
  model.trouble = () => 'answer-lost'
  const run = start(model, { giveUpAfterMs: 2_000, safeguards: { throwProducerAway } })
  run.publisher.publish([record('a')])
  await vi.advanceTimersByTimeAsync(4_000)
  expect(run.endOf('a')).toBe('ended')
  model.trouble = () => 'none'
  run.publisher.publish([record('b')])
  await done(run)
  expect(run.endOf('b')).toBe('acknowledged')
  return model
}

test('rule 25: a batch that is given up takes its producer id with it', async () => {
  const model = await lostUntilGivenUp(true)
  expect(model.logs.get('t/0')).toEqual(['a', 'b'])
})

test('rule 25, safeguard off: the next batch takes the number of the one given up, is acknowledged as its duplicate, and is lost', async () => {
  const model = await lostUntilGivenUp(false)
  expect(model.logs.get('t/0')).toEqual(['a'])
  expect(model.violations).toEqual(['b under the sequence of a'])
})

test('a partition without an acknowledgement holds up the others of its leader for a second, not longer', async () => {
  const model = brokerModel()
  const run = start(model)
  model.latencyMs = () => 20_000
  run.publisher.publish([record('slow')])
  await vi.advanceTimersByTimeAsync(10)
  model.latencyMs = () => 1
  run.publisher.publish([record('next', { partition: 1 })])
  await vi.advanceTimersByTimeAsync(900)
  expect(run.endOf('next')).toBe('')
  await vi.advanceTimersByTimeAsync(200)
  expect(run.endOf('next')).toBe('acknowledged')
  run.publisher.publish([record('behind'), record('after', { partition: 1 })])
  await vi.advanceTimersByTimeAsync(100)
  expect([run.endOf('after'), run.endOf('behind')]).toEqual(['acknowledged', ''])
  await done(run)
  expect(model.logs.get('t/0')).toEqual(['slow', 'behind'])
})

test('an error of one partition repeats that one only', async () => {
  const model = brokerModel()
  model.trouble = ({ partition }) => (partition === 0 ? 19 : 'none')
  const run = start(model)
  run.publisher.publish([record('a'), record('b', { partition: 1 })])
  await vi.advanceTimersByTimeAsync(5)
  expect(run.endOf('b')).toBe('acknowledged')
  model.trouble = () => 'none'
  await done(run)
  expect(model.logs).toEqual(
    new Map([
      ['t/0', ['a']],
      ['t/1', ['b']],
    ]),
  )
})

test('a record that the broker refuses is found and named, its saga waits, and the others flow', async () => {
  const model = brokerModel()
  model.trouble = ({ records }) => (records.some(r => r.value!.length > 1_000) ? 10 : 'none')
  const run = start(model)
  const records = Array.from({ length: 40 }, (_, i) => record(`r${i}`, { key: `saga${i % 20}` }))
  records[7] = record('r7', { key: 'saga7', value: Buffer.alloc(2_000) })
  run.publisher.publish([...records, record('elsewhere', { partition: 1 })])
  await done(run)
  expect([run.endOf('r7'), run.endOf('r27'), run.endOf('elsewhere')]).toEqual(['refused', 'behind', 'acknowledged'])
  expect(model.logs.get('t/0')).toEqual(records.map(r => r.id).filter(id => id !== 'r7' && id !== 'r27'))
})

test('rule 24: past its deadline a record is not sent for the first time, also when a try that could not be sent came before', async () => {
  const model = brokerModel()
  model.trouble = () => 'not-sent'
  const run = start(model)
  run.publisher.publish([record('a', { deadlineMs: performance.now() + 5_000 })])
  await vi.advanceTimersByTimeAsync(5_100)
  model.trouble = () => 'none'
  run.publisher.publish([record('b')])
  await done(run)
  expect(run.endOf('a')).toBe('expired')
  expect(model.logs.get('t/0')).toEqual(['b'])
})

test('rule 24: connecting may take until after the deadline', async () => {
  const model = brokerModel()
  model.connectMs = () => 3_000
  const run = start(model)
  run.publisher.publish([record('late', { deadlineMs: performance.now() + 2_000 })])
  run.publisher.publish([record('other', { partition: 1 })])
  await done(run)
  expect([run.endOf('late'), run.endOf('other')]).toEqual(['expired', 'acknowledged'])
  expect(model.logs.has('t/0')).toBe(false)
})

test('what was sent in time is repeated past its deadline', async () => {
  const model = brokerModel()
  model.trouble = () => 'answer-lost'
  const run = start(model)
  run.publisher.publish([record('a', { deadlineMs: performance.now() + 1_000 })])
  await vi.advanceTimersByTimeAsync(3_000)
  model.trouble = () => 'none'
  await done(run)
  expect(run.endOf('a')).toBe('acknowledged')
})

test.each([45, 47, 59, 90, 77])(
  'error %i ends the producer id: the batch and what stands behind it in its saga are left',
  async code => {
    const model = brokerModel()
    model.trouble = ({ records }) => (records.some(r => r.key === 'x') ? code : 'none')
    const run = start(model)
    run.publisher.publish([record('a', { key: 'x' })])
    await vi.advanceTimersByTimeAsync(0)
    run.publisher.publish([record('b', { key: 'x' }), record('c')])
    await done(run)
    expect([run.endOf('a'), run.endOf('b'), run.endOf('c')]).toEqual(['ended', 'behind', 'acknowledged'])
  },
)

test('without a leader records wait for one, or for their deadline', async () => {
  const model = brokerModel()
  model.leader = () => undefined
  const run = start(model)
  run.publisher.publish([record('a', { deadlineMs: performance.now() + 500 }), record('b')])
  await vi.advanceTimersByTimeAsync(1_000)
  expect([run.endOf('a'), run.endOf('b')]).toEqual(['expired', ''])
  model.leader = () => 1
  await done(run)
  expect(run.endOf('b')).toBe('acknowledged')
})

test('drain resolves when nothing is pending, or after its time; close leaves the rest', async () => {
  const model = brokerModel()
  const run = start(model)
  run.publisher.publish([record('a')])
  const drained = run.publisher.drain(1_000)
  await vi.advanceTimersByTimeAsync(10)
  await drained
  expect(run.endOf('a')).toBe('acknowledged')
  model.trouble = () => 'request-lost'
  run.publisher.publish([record('b')])
  const limited = run.publisher.drain(1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  await limited
  await run.publisher.close()
  run.publisher.publish([record('c')])
  expect([run.endOf('b'), run.endOf('c'), run.publisher.pending]).toEqual(['closed', 'closed', 0])
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing wakes the process while nothing is pending', async () => {
  const run = start(brokerModel())
  run.publisher.publish([record('a')])
  await done(run)
  await vi.advanceTimersByTimeAsync(100)
  expect(vi.getTimerCount()).toBe(0)
})

/** Whatever goes wrong: no acknowledged record is lost, each record ends once, and a saga's first copies are in order. */
const anyTrouble = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Trouble>('none') },
  { weight: 3, arbitrary: fc.constantFrom<Trouble>('answer-lost', 'request-lost', 'not-sent') },
  { weight: 2, arbitrary: fc.constantFrom<Trouble>(7, 19, 6, 45, 59, 10) },
)
const transactions = fc.array(
  fc.record({
    saga: fc.integer({ min: 0, max: 5 }),
    events: fc.integer({ min: 1, max: 3 }),
    pauseMs: fc.constantFrom(0, 0, 1, 30, 700),
    window: fc.constantFrom(50, 5_000, Infinity),
  }),
  { minLength: 1, maxLength: 25 },
)

function inTurn<T>(values: readonly T[], after: T): () => T {
  const left = [...values]
  return () => left.shift() ?? after
}

test('rules 24 and 25 hold whatever goes wrong', async () => {
  await fc.assert(
    fc.asyncProperty(
      transactions,
      fc.array(anyTrouble, { maxLength: 60 }),
      fc.array(fc.constantFrom(0, 1, 40, 1_500, 6_000), { maxLength: 20 }),
      fc.array(fc.constantFrom(0, 0, 0, 30, 4_000), { maxLength: 20 }),
      async (txs, troubles, latencies, connects) => {
        const model = brokerModel()
        model.trouble = inTurn(troubles, 'none')
        model.latencyMs = inTurn(latencies, 1)
        model.connectMs = inTurn(connects, 0)
        const run = start(model, { giveUpAfterMs: 3_000 })
        const sagas: string[][] = []
        for (const [t, { saga, events, pauseMs, window }] of txs.entries()) {
          // A saga's next transaction is deferred (rule 24) while an older row of it stands: each one here is a saga of its own.
          const ids = Array.from({ length: events }, (_, n) => `${t}.${n}`)
          sagas.push(ids)
          run.publisher.publish(
            ids.map(id => record(id, { key: `saga${t}`, partition: saga % 3, deadlineMs: performance.now() + window })),
          )
          await vi.advanceTimersByTimeAsync(pauseMs)
        }
        await done(run)
        const all = sagas.flat()
        const log = [...model.logs.values()].flat()
        expect(run.ends.map(e => e.id).toSorted()).toEqual(all.toSorted())
        const acknowledged = run.ends.filter(e => e.end === 'acknowledged').map(e => e.id)
        expect(log).toEqual(expect.arrayContaining(acknowledged))
        for (const ids of sagas) {
          const firstCopies = log.filter((id, i) => ids.includes(id) && log.indexOf(id) === i)
          expect(firstCopies).toEqual(ids.slice(0, firstCopies.length))
        }
        expect(model.violations).toEqual([])
        expect(run.publisher.pending).toBe(0)
        await run.publisher.close()
      },
    ),
    { numRuns: 300 },
  )
})
