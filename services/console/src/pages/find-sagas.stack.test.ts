import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { findLetters, groupLetters } from './find-letters.ts'
import { findSagas, type SagaFilter } from './find-sagas.ts'
import { findStanding } from './find-standing.ts'
import { idPrefix } from './id-prefix.ts'
import { readCounts } from './read-counts.ts'

let database: Awaited<ReturnType<typeof consoleDatabase>>
beforeAll(async () => {
  database = await consoleDatabase()
  await database.pool.query(
    `insert into sagas (saga_id, state, overdue, ending, began_at, last_at, error_code, attributes, events, steps)
     select r.saga_id, r.state, r.overdue, r.ending, now(), now(), r.error_code, jsonb_build_object('customerId', r.customer), 1, r.steps::text[]
     from jsonb_to_recordset($1) as r (saga_id uuid, state text, overdue boolean, ending text, error_code text, customer text, steps text)`,
    [JSON.stringify(sagas.map(saga => ({ ...saga, saga_id: saga.id })))],
  )
  await database.pool.query(
    `insert into saga_attributes select 'customerId', attributes ->> 'customerId', saga_id from sagas`,
  )
  await database.pool.query(
    `insert into letters (service, id, saga_id, status, deaths, step, error_code, error_message, attempts, died_at, partition, "offset", seen_at)
     select 'pay', 'letter-' || n, null, case when n % 5 = 0 then 'replayed' else 'open' end, 1, case when n % 2 = 0 then 'charge' end,
       'error-' || n % 2, 'message ' || n, 5, timestamptz '2026-01-01' + n / 3 * interval '1 ms', 0, n, now() from generate_series(1, 20) n`,
  )
})
afterAll(() => database.end())

/** An hour apart, the oldest first. */
const nowMs = Date.now()
const id = (n: number) => {
  const time = (nowMs - (24 - n) * 3_600_000).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`
}
const sagas = Array.from({ length: 24 }, (_, n) => ({
  id: id(n),
  state: ['settled', 'open', 'settled', 'blocked'][n % 4]!,
  overdue: n % 8 === 1,
  ending: n % 4 === 0 ? 'CONFIRMED' : n % 4 === 2 ? 'CANCELLED' : null,
  error_code: n % 4 === 3 ? 'handler-threw' : null,
  customer: n % 3 === 0 ? 'ann' : 'bob',
  steps: n % 4 === 1 ? '{charge}' : n % 4 === 3 ? '{charge,notify}' : '{}',
}))
type Made = (typeof sagas)[number]

test.each<[string, SagaFilter, (saga: Made) => boolean]>([
  ['all', {}, () => true],
  ['by state', { state: 'open' }, saga => saga.state === 'open'],
  ['overdue', { overdue: true }, saga => saga.overdue],
  ['by ending', { ending: 'CANCELLED' }, saga => saga.ending === 'CANCELLED'],
  ['by a step that is awaited or dead', { step: 'notify' }, saga => saga.steps.includes('notify')],
  ['by error', { error: 'handler-threw' }, saga => saga.error_code !== null],
  ['by attribute', { attribute: { name: 'customerId', value: 'ann' } }, saga => saga.customer === 'ann'],
  ['by age', { olderThanMs: 10.5 * 3_600_000 }, saga => saga.id < id(14)],
  [
    'by the beginning of an id',
    { ids: idPrefix.parse(id(3).slice(0, 13)) },
    saga => saga.id.startsWith(id(3).slice(0, 13)),
  ],
  [
    'by several',
    { state: 'settled', ending: 'CONFIRMED', attribute: { name: 'customerId', value: 'bob' } },
    saga => saga.ending === 'CONFIRMED' && saga.customer === 'bob',
  ],
  ['by what nobody has', { ending: "'; drop table sagas" }, () => false],
])('sagas %s: the youngest first, each once over all pages', async (_, filter, isWanted) => {
  const found: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await findSagas(database.pool, { ...filter, after }, 4)
    found.push(...page.map(saga => saga.sagaId))
    if (page.length < 4) break
    after = page.at(-1)!.sagaId
  }
  expect(found).toEqual(
    sagas
      .filter(isWanted)
      .map(saga => saga.id)
      .toReversed(),
  )
})

test('open letters: the oldest first, each once over all pages, those of one moment too', async () => {
  const found: string[] = []
  for (let after: Parameters<typeof findLetters>[1]['after']; ; ) {
    const page = await findLetters(database.pool, { after }, 3)
    found.push(...page.map(({ letter }) => letter.id))
    if (page.length < 3) break
    after = page.at(-1)!.place
  }
  const open = Array.from({ length: 20 }, (_, n) => n + 1).filter(n => n % 5 !== 0)
  expect(found).toEqual(open.map(n => `letter-${n}`))
  expect((await findLetters(database.pool, { step: '' }, 50)).every(({ letter }) => letter.step === null)).toBe(true)
})

test('groups of letters are as large as what they stand for, the oldest first', async () => {
  const groups = await groupLetters(database.pool)
  expect(
    groups.map(({ step, errorCode, letters, errorMessage }) => ({ step, errorCode, letters, errorMessage })),
  ).toEqual([
    { step: null, errorCode: 'error-1', letters: 8, errorMessage: 'message 1' },
    { step: 'charge', errorCode: 'error-0', letters: 8, errorMessage: 'message 2' },
  ])
})

test('counts stand for the sagas that began in each part of the time; a part without any is there, too', async () => {
  const now = new Date('2026-01-02T00:30:00Z')
  await database.pool.query(
    `insert into saga_counts values ('2026-01-02T00:10Z', 'settled', 'CONFIRMED', 3), ('2026-01-02T00:10Z', 'open', '', 2),
      ('2026-01-01T23:00Z', 'settled', 'CONFIRMED', 100), ('2026-01-02T00:11Z', 'settled', 'CANCELLED', 0)`,
  )
  const counts = await readCounts(database.pool, { hours: 1, attributes: ['customerId'], now })
  expect(counts).toMatchObject({
    ...{ open: 2, blocked: 0, settled: 103, overdue: 3, openLetters: 16, bucketMs: 60_000 },
    ...{
      endings: ['CONFIRMED'],
      steps: ['charge', 'notify'],
      errors: ['error-0', 'error-1'],
      attributes: ['customerId'],
    },
  })
  expect(counts.buckets).toHaveLength(60)
  expect(counts.buckets.filter(({ began }) => began > 0)).toEqual([
    { from: '2026-01-02T00:10:00.000Z', began: 5, endings: { CONFIRMED: 3 } },
  ])
})

test('where sagas stand: the oldest open letter, what is overdue, else what is due first; nothing of a settled one', async () => {
  const ids = [0, 1, 2, 3].map(n => `00000000-0000-7000-8000-00000000000${n}`)
  const [settled, open, overdue, blocked] = ids
  const owed = [60, 30].map(due => ({
    ...{ service: 'pay', step: `due_in_${due}`, direction: 'action', eventId: `event-${due}`, eventType: 'Reserved' },
    ...{ oneOf: [], since: new Date(nowMs), by: new Date(nowMs + due * 1_000) },
  }))
  await database.pool.query(
    `insert into sagas (saga_id, state, overdue, began_at, last_at, events, awaited)
     select saga_id, state, overdue, now(), now(), 1, $4 from unnest($1::uuid[], $2::text[], $3::boolean[]) as s (saga_id, state, overdue)`,
    [ids, ['settled', 'open', 'open', 'blocked'], [false, false, true, false], JSON.stringify(owed)],
  )
  await database.pool.query('insert into looks values ($1, now(), now(), 1)', [overdue])
  await database.pool.query(
    `insert into overdue_steps values ($1, 'room', 'note', 'compensation', 'freed', 'Freed', '{}', now(), now(), 'not-taken', 0, null)`,
    [overdue],
  )
  await database.pool.query(
    `insert into letters (service, id, saga_id, status, deaths, step, error_code, error_message, attempts, died_at, partition, "offset", seen_at)
     select 'pay', 'of-' || died, $1, status, 1, 'charge', '', '', 5, timestamptz '2026-01-01' + died * interval '1 s', 0, died, now()
     from unnest($2::int[], $3::text[]) as l (died, status)`,
    [blocked, [1, 2, 3], ['replayed', 'open', 'open']],
  )
  const found = await findStanding(
    database.pool,
    ids.map((sagaId, n) => ({ sagaId, state: (['settled', 'open', 'open', 'blocked'] as const)[n]! })),
  )
  const told = ids
    .map(sagaId => found.get(sagaId))
    .map(at => at && [at.is, at.service, at.step, at.messageId, at.others])
  expect(found.has(settled!)).toBe(false)
  expect(found.get(open!)).toMatchObject({ direction: 'action', messageType: 'Reserved' })
  expect(told.slice(1)).toEqual([
    ['awaited', 'pay', 'due_in_30', 'event-30', 1],
    ['awaited', 'room', 'note', 'freed', 0],
    ['dead', 'pay', 'charge', 'of-2', 1],
  ])
  await database.pool.query('delete from letters where saga_id = $1', [blocked])
  await database.pool.query('delete from sagas where saga_id = any($1::uuid[])', [ids])
})
