import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleDatabase } from '../database.fixture.ts'
import { countSeen } from './count-seen.ts'
import { sagaId, seenEvent } from './hotel.fixture.ts'
import { knownNames } from './known-names.ts'
import { bucketEndsMs } from './latencies.ts'
import { readEdges, readPublished } from './read-edges.ts'
import type { SeenEvent } from './seen-saga.ts'

let db: Awaited<ReturnType<typeof consoleDatabase>>
beforeAll(async () => {
  db = await consoleDatabase()
  await db.pool.query(
    `insert into sagas (saga_id, state, began_at, last_at, events) values ($1, 'open', now(), now(), 0)`,
    [sagaId],
  )
})
afterAll(() => db?.end())

const now = new Date()
const booked = seenEvent('desk: Booked by book', { causationId: 'desk/POST /Book/ann/1', at: now })
const reserved = (ms: number, o: Partial<SeenEvent> = {}) =>
  seenEvent('room: Reserved by reserve', { causationId: booked.id, at: new Date(now.getTime() + ms), ...o })

async function see(events: readonly SeenEvent[], isNew: (event: SeenEvent) => boolean, names = knownNames()) {
  const client = await db.pool.connect()
  await countSeen(client, { sagas: new Map([[sagaId, events]]), isNew }, names).finally(() => client.release())
}
const edges = async () =>
  (await readEdges(db.pool, 60)).map(({ message, from, to, seen, buckets }) => ({
    ...{
      message,
      from: from?.service ?? null,
      to: `${to.service} ${to.step}`,
      seen,
      withinMs: bucketEndsMs[buckets.findIndex(n => n > 0)],
    },
  }))

test('edges add up over batches with their latencies, and what is not new counts nothing', async () => {
  await see([booked], () => true)
  await see([booked, reserved(-5_000)], event => event !== booked)
  await see([booked, reserved(-5_000)], () => false)
  expect(await edges()).toEqual(
    expect.arrayContaining([
      { message: '', from: null, to: 'desk book', seen: 1, withinMs: undefined },
      { message: 'Booked', from: 'desk', to: 'room reserve', seen: 1, withinMs: 1 },
    ]),
  )
  // Another saga, as far as the count goes.
  await see([booked, reserved(0)], event => event !== booked)
  expect((await edges()).find(({ message }) => message === 'Booked')).toMatchObject({ seen: 2 })
})

test('a time that cannot be is no minute of its own', async () => {
  for (const year of ['1970', '9999'])
    await see([booked, reserved(0, { at: new Date(`${year}-01-01T00:00:00Z`) })], event => event !== booked)
  const { rows } = await db.pool.query(
    `select min(minute) > now() - interval '26 h' and max(minute) <= now() as sane from taken_edges`,
  )
  expect(rows).toEqual([{ sane: true }])
})

test('names that are none, and more of them than any choreography has, are one', async () => {
  const hostile = [
    '<script>alert(1)</script>',
    'x'.repeat(300),
    ...Array.from({ length: 20 }, (_, n) => `Invented${n}`),
  ]
  const names = knownNames(10)
  for (const type of hostile) await see([{ ...booked, type }, reserved(0)], event => event.type === 'Reserved', names)
  const found = (await readEdges(db.pool, 60)).map(({ message }) => message)
  expect(found).not.toContain(hostile[0])
  expect(found.filter(message => message.startsWith('Invented')).length).toBeLessThan(10)
  expect(found).toContain('?')
})

test('what was published counts when it has had time to be answered', async () => {
  const old = new Date(now.getTime() - 20 * 60_000)
  await see([{ ...booked, at: old }], () => true)
  expect(await readPublished(db.pool, 60, 300_000)).toEqual([
    { by: { service: 'desk', step: 'book', direction: 'action' }, type: 'Booked', seen: 1 },
  ])
})

test('a saga is noted to be checked, some time after the last that is new of it', async () => {
  const due = () => db.pool.query(`select check_at > now() + interval '20 s' as later from sagas_to_check`)
  await db.pool.query('update sagas_to_check set check_at = now()')
  await see([booked], () => true)
  expect((await due()).rows).toEqual([{ later: true }])
})
