import { randomBytes } from 'node:crypto'
import type { FetchedRecord } from 'saga-kit/observing'
import { createPool } from 'saga-kit/parts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { Decoder } from './decoder.ts'
import { type RecordOptions, recordBatch } from './record-batch.ts'

let database: Awaited<ReturnType<typeof consoleDatabase>>
let pool: ReturnType<typeof createPool>
beforeAll(async () => {
  database = await consoleDatabase()
  pool = createPool({ url: database.url, poolSize: 4, applicationName: 'test' })
})
afterAll(async () => {
  await pool.end()
  await database.end()
})

const options = (more: Partial<RecordOptions> = {}): RecordOptions => ({
  ...{ pool, decoder: new Decoder({ find: async () => undefined }, () => {}), topicPrefix: '', searchFields: [] },
  judgedBy: () => ({ declared: [], isAsked: true, overdueAfterMs: 60_000 }),
  roleOf: topic => ({ carries: topic.endsWith('.dlq') ? 'letters' : 'events', service: 'pay' }),
  onSeen: async () => {},
  ...more,
})
const newSagaId = () => {
  const [time, random] = [Date.now().toString(16).padStart(12, '0'), randomBytes(10).toString('hex')]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}
let nextOffset = 0n
function record(sagaId: string, topic: string, headers: Record<string, string>, value = 'body'): FetchedRecord {
  return {
    ...{ topic, partition: 0, offset: nextOffset++, key: Buffer.from(sagaId), value: Buffer.from(value) },
    ...{
      headers: Object.fromEntries(Object.entries(headers).map(([n, v]) => [n, Buffer.from(v)])),
      timestampMs: Date.now(),
    },
  }
}
const event = (sagaId: string, step: string, value?: string) =>
  record(
    sagaId,
    'pay.events.v1',
    {
      ce_id: `${sagaId}/${step}/action`,
      ce_source: '/pay',
      ce_type: 'hotel.Charged',
      ce_time: new Date().toISOString(),
    },
    value,
  )
const letter = (sagaId: string, status: string) =>
  record(sagaId, 'pay.dlq', {
    ...{ 'dlq-id': 'letter', 'dlq-status': status, 'dlq-deaths': '1' },
    ...(status === 'dead' && {
      'dlq-step': 'charge',
      'dlq-error-code': 'no',
      'dlq-error-message': 'no',
      'dlq-attempts': '3',
    }),
  })
const rows = async (text: string, sagaId: string) => (await pool.query(text, [sagaId])).rows

test('a record that is read twice is no copy; one that was published twice is, and may differ', async () => {
  const sagaId = newSagaId()
  const [first, again, other] = [event(sagaId, 'charge'), event(sagaId, 'charge'), event(sagaId, 'charge', 'else')]
  expect(await recordBatch(options(), [first, first])).toMatchObject({ events: 1 })
  expect(await recordBatch(options(), [first, again])).toMatchObject({ events: 0, copies: 2 })
  const copies = () => rows('select copies, differs from events where saga_id = $1', sagaId)
  expect(await copies()).toEqual([{ copies: 2, differs: false }])
  await recordBatch(options(), [again, other])
  expect(await copies()).toEqual([{ copies: 3, differs: true }])
})

test('two instances that meet a new saga at once both see all of it in the end', async () => {
  const sagaId = newSagaId()
  // Both have found no saga, and wait to add their event.
  const holding = await pool.connect()
  await holding.query('begin; lock table events in share row exclusive mode')
  const both = Promise.all([
    recordBatch(options(), [event(sagaId, 'book')]),
    recordBatch(options(), [event(sagaId, 'charge')]),
  ])
  await vi.waitFor(async () => {
    const { rows: waiting } = await pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    expect(waiting).toHaveLength(2)
  }, 30_000)
  await holding.query('commit')
  holding.release()
  await both
  expect(await rows('select events, state from sagas where saga_id = $1', sagaId)).toEqual([
    { events: 2, state: 'open' },
  ])
  const open = 'select sum(n)::integer as n from saga_counts'
  expect((await pool.query(open)).rows).toEqual((await pool.query('select count(*)::integer as n from sagas')).rows)
})

test('what a topic says last of a letter stands, though its records are read again', async () => {
  const sagaId = newSagaId()
  const [dead, replayed, deadAgain] = [letter(sagaId, 'dead'), letter(sagaId, 'replayed'), letter(sagaId, 'dead')]
  const stands = async () => [
    (await rows('select status, error_code, attempts from letters where saga_id = $1', sagaId))[0],
    (await rows('select state from sagas where saga_id = $1', sagaId))[0].state,
  ]
  await recordBatch(options(), [dead])
  expect(await stands()).toEqual([{ status: 'open', error_code: 'no', attempts: 3 }, 'blocked'])
  await recordBatch(options(), [replayed])
  expect(await stands()).toEqual([{ status: 'replayed', error_code: 'no', attempts: 3 }, 'open'])
  await recordBatch(options(), [dead])
  expect((await stands())[1]).toBe('open')
  await recordBatch(options(), [replayed, deadAgain, dead])
  expect((await stands())[1]).toBe('blocked')
})

test("a letter is its topic's service's, whatever it says of itself", async () => {
  const sagaId = newSagaId()
  const of = (service: string) => {
    const dead = letter(sagaId, 'dead')
    return { ...dead, headers: { ...dead.headers, 'dlq-service': Buffer.from(service) } }
  }
  expect(await recordBatch(options(), [of('desk')])).toMatchObject({ letters: 0, foreign: 1 })
  expect(await recordBatch(options(), [of('pay')])).toMatchObject({ letters: 1, foreign: 0 })
  expect(await rows('select service from letters where saga_id = $1', sagaId)).toEqual([{ service: 'pay' }])
})

test('of a saga that has no end the rest is kept raw, and does not hold up the others', async () => {
  const [endless, other] = [newSagaId(), newSagaId()]
  await recordBatch(options(), [event(endless, 'charge')])
  await pool.query('update sagas set events = 5000 where saga_id = $1', [endless])
  expect(await recordBatch(options(), [event(endless, 'book'), event(other, 'book')])).toMatchObject({
    ...{ events: 1, copies: 0, foreign: 1 },
  })
  expect(await rows('select id from events where saga_id = $1', endless)).toEqual([{ id: `${endless}/charge/action` }])
  expect(await rows('select why from foreign_records where key = $1::text::bytea', endless)).toEqual([
    { why: 'too-many-of-saga' },
  ])
})

test('what is judged beside it fails: nothing of the batch is there', async () => {
  const sagaId = newSagaId()
  const failing = options({
    async onSeen() {
      throw new Error('no')
    },
  })
  await expect(recordBatch(failing, [event(sagaId, 'book')])).rejects.toThrow('no')
  expect(await rows('select 1 from events where saga_id = $1', sagaId)).toEqual([])
})
