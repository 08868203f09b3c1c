import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { claimAudit, nextAuditAt, readAudit } from './audit-runner.ts'
import { checkSagas } from './check-sagas.ts'
import { clearOverdue } from './clear-overdue.ts'
import { rememberDeclared } from './declared-before.ts'
import { hotel, sagaId } from './hotel.fixture.ts'
import { invariants } from './invariants.ts'
import { expireMinutes } from './minute.ts'
import type { OverdueStep } from './overdue.ts'
import { countBroken, readBroken } from './read-broken.ts'
import { countOverdue } from './read-overdue.ts'
import { saveChecks } from './save-checks.ts'
import { saveLook } from './save-look.ts'

let db: Awaited<ReturnType<typeof consoleDatabase>>
beforeAll(async () => {
  db = await consoleDatabase()
})
afterAll(() => db?.end())

const awaitedBy = new Date('2026-01-31T12:00:00Z')
const later = new Date('2126-01-31T12:00:00Z')
beforeEach(async () => {
  await db.pool.query('delete from sagas')
  await db.pool.query(
    `insert into sagas (saga_id, state, began_at, last_at, events, awaited_by) values ($1, 'open', now(), now(), 0, $2)`,
    [sagaId, awaitedBy],
  )
})
const asTold = async (text: string) => (await db.pool.query(text)).rows
const inOne = async (work: (client: any) => Promise<unknown>) => {
  const client = await db.pool.connect()
  await work(client)
  client.release()
}

const step = (o: Partial<OverdueStep> = {}): OverdueStep => ({
  ...{
    service: 'pay',
    step: 'pay',
    direction: 'action',
    eventId: 'e',
    eventType: 'Reserved',
    oneOf: ['Paid', 'Un"paid'],
  },
  ...{ since: null, due: awaitedBy, stands: 'not-taken', attempts: 0, errorMessage: 'NUL \0 and half a pair \ud800' },
  ...o,
})
const look = (o: { overdue?: OverdueStep[]; awaitedBy?: Date; lookAt?: Date } = {}) =>
  inOne(client => saveLook(client, { sagaId, awaitedBy, overdue: [step()], lookAt: later, ...o }))

test('what a look finds stands instead of what the last one found, and the next look has its time', async () => {
  await look()
  expect(await countOverdue(db.pool)).toMatchObject([{ service: 'pay', step: 'pay', direction: 'action', sagas: 1 }])
  expect(
    await asTold('select overdue, awaited_by, one_of, error_message from sagas join overdue_steps using (saga_id)'),
  ).toEqual([
    { overdue: true, awaited_by: later, one_of: ['Paid', 'Un"paid'], error_message: expect.stringContaining('NUL') },
  ])
  await look({ awaitedBy: later, overdue: [step({ direction: 'compensation' }), step({ service: 'room' })] })
  expect((await countOverdue(db.pool)).map(({ service, direction }) => `${service} ${direction}`).toSorted()).toEqual([
    'pay compensation',
    'room action',
  ])
  expect(await asTold('select looks from looks')).toEqual([{ looks: 2 }])
})

test('a look at a saga that has gone on meanwhile says nothing', async () => {
  await look({ awaitedBy: new Date(0) })
  expect(await countOverdue(db.pool)).toEqual([])
  expect(await asTold('select overdue, awaited_by from sagas')).toEqual([{ overdue: false, awaited_by: awaitedBy }])
})

test('what was overdue is cleared when the saga goes on, and stands while it is judged to be late still', async () => {
  const judged = (state: string, by: Date | null) =>
    inOne(client => clearOverdue(client, [{ sagaId, judgement: { state, awaitedBy: by } as any }]))
  await look()
  await judged('open', awaitedBy)
  expect(await countOverdue(db.pool)).toHaveLength(1)
  for (const [state, by] of [
    ['open', later],
    ['open', null],
    ['blocked', awaitedBy],
    ['settled', null],
  ] as const) {
    await db.pool.query('update sagas set awaited_by = $1', [awaitedBy])
    await look()
    await judged(state, by)
    expect(await asTold('select overdue from sagas')).toEqual([{ overdue: false }])
    expect(await countOverdue(db.pool)).toEqual([])
  }
})

const addEvent = (service: string, type: string, step: string) =>
  db.pool.query(
    `insert into events (saga_id, id, source, service, type, topic, partition, "offset", at, seen_at, step, direction, headers)
     values ($1, $2, $3, $4, $5, $6, 0, 0, now(), now(), $7, 'action', '{}')`,
    [sagaId, `${sagaId}/${step}/action`, `/${service}`, service, type, `${service}.events`, step],
  )

test('a saga is checked once it is due, and is broken no more when it is mended', async () => {
  await db.pool.query('delete from events')
  await addEvent('bar', 'Served', 'serve')
  await inOne(client => saveChecks(client, [sagaId]))
  expect(await checkSagas(db.pool, hotel, 86_400_000)).toBe(0)
  // That nothing is broken would be said of nothing.
  expect([await countBroken(db.pool), ...(await readBroken(db.pool)).map(({ holds }) => holds)]).toEqual([
    undefined,
    ...invariants.map(() => null),
  ])
  await inOne(client => saveChecks(client, [sagaId], 0))
  expect(await checkSagas(db.pool, hotel, 86_400_000)).toBe(1)
  expect(await countBroken(db.pool)).toEqual(new Map([['publisher-declares', 1]]))
  const broken = (await readBroken(db.pool)).filter(({ holds }) => holds !== true)
  expect(broken).toMatchObject([
    { name: expect.stringMatching(/^publisher-declares: /), holds: false, broken: 1, examples: [{ sagaId }] },
  ])

  await db.pool.query('delete from events')
  await inOne(client => saveChecks(client, [sagaId], 0))
  await checkSagas(db.pool, hotel, 86_400_000)
  expect(await countBroken(db.pool)).toEqual(new Map())
})

test('a saga that is older than what is remembered may have lost its first events', async () => {
  await db.pool.query('delete from events')
  await addEvent('room', 'Reserved', 'reserve')
  await db.pool.query(`update events set causation_id = $1`, [`${sagaId}/book/action`])
  const brokenWith = async (keepMs: number) => {
    await inOne(client => saveChecks(client, [sagaId], 0))
    await checkSagas(db.pool, hotel, keepMs)
    return [...(await countBroken(db.pool))!.keys()]
  }
  expect(await brokenWith(86_400_000)).toEqual(['cause-known'])
  expect(await brokenWith(0)).toEqual([])
})

test('of two that would audit one does, again when it is time, and soon when somebody did not answer', async () => {
  const claims = () => Promise.all([claimAudit(db.pool, 3_600_000), claimAudit(db.pool, 3_600_000)])
  expect((await claims()).toSorted()).toEqual([false, true])
  await db.pool.query(`update audits set tried_at = now() - interval '59 min'`)
  expect(await claims()).toEqual([false, false])
  const due = async () => nextAuditAt(await readAudit(db.pool), 3_600_000).getTime() - Date.now()
  expect(await due()).toBeGreaterThan(0)
  await db.pool.query(`update audits set silent = '[{"service": "pay", "why": "is away"}]'`)
  expect(await due()).toBeLessThan(0)
  expect((await claims()).toSorted()).toEqual([false, true])
})

test('declarations that stood before are remembered for a while, each version once, wherever it was reached', async () => {
  const [desk, room, pay] = hotel
  await rememberDeclared(db.pool, hotel)
  await rememberDeclared(db.pool, [{ ...desk!, adminUrl: 'http://127.0.0.1:1' }, room!])
  const known = await rememberDeclared(db.pool, [{ ...desk!, final: ['Confirmed'] }])
  expect(known.map(({ service }) => service)).toEqual(['desk', 'desk', 'pay', 'room'])
  expect(known).toContainEqual({ ...pay! })
  await db.pool.query(`update declared_before set last_at = now() - interval '9 days' where service = 'pay'`)
  expect(await rememberDeclared(db.pool, [])).toHaveLength(3)
})

test('minutes that nobody looks back on are forgotten', async () => {
  await db.pool.query(
    `insert into published_events values (now() - interval '26 h', 's', 's', 'action', 'T', 1), (now(), 's', 's', 'action', 'T', 1)`,
  )
  await expireMinutes(db.pool)
  expect(await asTold('select seen from published_events')).toHaveLength(1)
})
