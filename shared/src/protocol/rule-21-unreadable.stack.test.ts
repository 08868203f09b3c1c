import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Undeliverable } from '../core/delivery.ts'
import { readBacklog } from '../postgres/backlog.ts'
import { purgeTombstones } from '../postgres/purge.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { outcomes } from '../testing/ledger-checks.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

const bytes = Buffer.from([0, 255, 1, 0, 128])
const unreadable = (offset: number): Undeliverable => ({
  ...{ id: `source.events.v1/2/${offset}`, partition: 2, code: 'undecodable', problem: 'not \0 Avro \ud83d' },
  envelope: { key: Buffer.from([0, 200]), headers: { 'x-raw': { base64: '/w==' } }, body: bytes },
})

test('rule 21: a record that nobody can read is one letter however often and wherever it is delivered, with its bytes untouched', async () => {
  const [a, b] = [await db.instance(), await db.instance()]
  await Promise.all([a.bury(unreadable(1), unreadable(1), unreadable(2)), b.bury(unreadable(2), unreadable(1))])
  await a.bury(unreadable(1))
  const letters = await db.query('select * from saga.outbox order by headers::text')
  expect(letters.map(row => row.headers['dlq-id']).sort()).toEqual(['source.events.v1/2/1', 'source.events.v1/2/2'])
  expect(letters[0]).toMatchObject({ topic: 'ledger.dlq', body: bytes, key: Buffer.from([0, 200]), deferred: false })
  expect(letters[0].headers).toMatchObject({ 'x-raw': { base64: '/w==' }, 'dlq-error-code': 'undecodable' })
  const rows = await db.query('select * from saga.waiting')
  expect(rows).toHaveLength(2)
  for (const row of rows) expect(row).toMatchObject({ kind: 'dead', saga_id: null, due_at: null, body: bytes })
})

test('rule 21: it parks nobody, and rides in the batch of the others', async () => {
  const a = await db.instance()
  const sagaId = newSagaId()
  const delivery = delivered(Paid, { sagaId, account: 'ann', amount: 1 })
  await a.engine.process([{ undeliverable: unreadable(9) }, { delivery, takenAtMs: 0 }], AbortSignal.timeout(10_000))
  expect(outcomes(a.decided)).toEqual(['succeeded'])
  expect(
    await db.query(`select topic, deferred from saga.outbox where seq = (select max(seq) from saga.outbox) order by n`),
  ).toEqual([
    { topic: 'ledger.dlq', deferred: false },
    { topic: 'ledger.events.v1', deferred: false },
  ])
})

test('rule 21: a letter that was discarded stays as a tombstone: the record, delivered again, is not buried again', async () => {
  const a = await db.instance()
  await a.bury(unreadable(20))
  const by = { operator: 'ann', plan: null, reason: 'garbage', force: false }
  const discarded = await a.act({ act: 'discard', letter: { id: unreadable(20).id, sagaId: null, deaths: 1 }, ...by })
  expect(discarded).toMatchObject([{ result: 'done', errorCode: 'undecodable' }])
  await db.query('delete from saga.outbox')
  await a.bury(unreadable(20))
  expect(await db.query('select from saga.outbox')).toEqual([])
  expect((await readBacklog(db.pool, 100)).deadLetters).toEqual({ '': 3 })

  const horizonMs = 15 * 86_400_000
  expect(await purgeTombstones(db.pool, horizonMs, 100)).toBe(0)
  await db.query(`update saga.waiting set created_at = created_at - interval '16 days'`)
  expect(await purgeTombstones(db.pool, horizonMs, 100)).toBe(1)
  // What is not discarded stays, however old it is: somebody must look.
  expect((await readBacklog(db.pool, 100)).deadLetters).toEqual({ '': 3 })
})
