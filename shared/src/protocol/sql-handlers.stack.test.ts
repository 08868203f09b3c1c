/** Handlers with SQL of their own: alone in their transaction, and taken whole or not at all. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { PermanentError, refused, reject, succeed } from '../kit.ts'
import type { Tx } from '../reaction.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, fenceOf, outcomes } from '../testing/ledger-checks.fixture.ts'
import { until } from '../testing/locks.fixture.ts'
import { Done } from '../testing/participant.fixture.ts'
import { Followed, Pointed, sqlBehaviour, Wrote, workshop, workshopTables } from '../testing/workshop.fixture.ts'

let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase({ participant: workshop, tables: workshopTables })
  a = await db.instance()
})
afterAll(() => db.close())
afterEach(async () => {
  sqlBehaviour.clear()
  await db.query('delete from saga.waiting; delete from accounts')
})
const of = { participant: workshop }
const fieldsOf = (sagaId = newSagaId()) => ({ sagaId, account: 'ann', amount: 5 })
const write = (tx: Tx) => tx.query(`insert into accounts values ('ann', 5)`)

test('it is alone in its transaction, and in its place in the order', async () => {
  const fields = fieldsOf()
  const follow = { ...fieldsOf(), account: 'ann' }
  const decided = await a.deliver(
    delivered(Pointed, fields, of),
    delivered(Wrote, fields, of),
    delivered(Followed, follow, of),
  )
  expect(outcomes(decided)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(await balanceOf(db, 'ann')).toBe(10)
  expect(
    await db.query('select distinct created_at from saga.saga_log where saga_id = any($1)', [
      [fields.sagaId, follow.sagaId],
    ]),
  ).toHaveLength(3)
})

test.each([
  ['throws', 'failed', async () => Promise.reject(new Error('cannot'))],
  ['rejects', 'rejected', async () => reject('no')],
  ['is refused', 'refused', async () => refused('no')],
  ['emits for another saga', 'dead', async () => succeed(Done({ sagaId: newSagaId(), account: 'ann', amount: 1 }))],
])('what it wrote is taken back when it %s', async (_name, outcome, end) => {
  const fields = fieldsOf()
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    await write(tx)
    return end()
  })
  expect(outcomes(await a.deliver(delivered(Wrote, fields, of)))).toEqual([outcome])
  expect(await balanceOf(db, 'ann')).toBeUndefined()
  expect(await fenceOf(db, fields.sagaId)).toEqual([`write: ${outcome}`])
})

test('it does not run for a saga that may have been forgotten (rule 34)', async () => {
  const fields = fieldsOf(newSagaId(Date.now() - 16 * 86_400_000))
  expect(await a.deliver(delivered(Wrote, fields, of))).toMatchObject([{ outcome: 'dead', code: 'beyond-horizon' }])
  expect(await balanceOf(db, 'ann')).toBeUndefined()
})

test('it does not run twice, nor ahead of what is unfinished', async () => {
  const fields = fieldsOf()
  const wrote = delivered(Wrote, fields, of)
  sqlBehaviour.set(fields.sagaId, () => Promise.reject(new Error('cannot')))
  expect(outcomes(await a.deliver(wrote, delivered(Wrote, fields, of)))).toEqual(['failed', 'parked'])
  sqlBehaviour.clear()
  await db.query(`update saga.waiting set due_at = '2026-01-01' where kind = 'retry'`)
  expect(outcomes(await a.runDue())).toEqual(['succeeded'])
  expect(outcomes(await a.runDue())).toEqual(['superseded'])
  expect(outcomes(await a.deliver(wrote))).toEqual(['duplicate'])
  expect(await balanceOf(db, 'ann')).toBe(5)
})

test('what the database refuses it is its fault only if it repeats (rule 29), even if it caught the error', async () => {
  const fields = fieldsOf()
  let runs = 0
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    if (runs++ === 0) await tx.query('select 1 / 0').catch(() => undefined)
    await write(tx)
    return succeed()
  })
  expect(outcomes(await a.deliver(delivered(Wrote, fields, of)))).toEqual(['succeeded'])
  expect([runs, await balanceOf(db, 'ann')]).toEqual([2, 5])

  const always = fieldsOf()
  sqlBehaviour.set(always.sagaId, async (_e, tx) => {
    await tx.query('select 1 / 0')
    return succeed()
  })
  expect(await a.deliver(delivered(Wrote, always, of))).toMatchObject([{ outcome: 'failed', code: 'sqlstate-22012' }])
})

test('a refusal that it knows to be final is a letter at once', async () => {
  const fields = fieldsOf()
  await db.query(`insert into accounts values ('ann', 1)`)
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    await write(tx).catch(() => {
      throw new PermanentError('ann-exists', 'there is an account already')
    })
    return succeed()
  })
  expect(await a.deliver(delivered(Wrote, fields, of))).toMatchObject([{ outcome: 'dead', code: 'ann-exists' }])
  expect(await emitted(db, fields.sagaId)).toEqual(['dead'])
})

test('a full disk under its own statement pauses, and counts no try', async () => {
  const fields = fieldsOf()
  let isFull = true
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    if (isFull) await tx.query(`do $$ begin raise exception 'full' using errcode = '53100'; end $$`)
    await write(tx)
    return succeed()
  })
  const delivering = a.deliver(delivered(Wrote, fields, of))
  await until('it pauses', () => a.pauses.length > 0)
  isFull = false
  expect(outcomes(await delivering)).toEqual(['succeeded'])
  expect(await db.query('select attempts from saga.saga_log where saga_id = $1', [fields.sagaId])).toEqual([
    { attempts: 1 },
  ])
})

test.each<[string, (tx: Tx) => void]>([
  ['is refused', tx => void tx.query('select 1 / 0')],
  [
    'sends another behind what the engine saves',
    tx =>
      void tx
        .query('select')
        .then(() => tx.query('select 1 / 0'))
        .catch(() => undefined),
  ],
])('a statement for which it does not wait, and which %s, fails the message and nothing else', async (_name, ask) => {
  const fields = fieldsOf()
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    await write(tx)
    ask(tx)
    return succeed(Done(fields))
  })
  const before = a.published.length
  expect(await a.deliver(delivered(Wrote, fields, of))).toMatchObject([
    { outcome: 'dead', code: 'statement-not-awaited' },
  ])
  expect(await emitted(db, fields.sagaId)).toEqual(['dead'])
  expect(a.published.length - before).toBe(1)
  expect(await balanceOf(db, 'ann')).toBeUndefined()
})

test('a statement that comes when it has ended runs in nobody’s transaction', async () => {
  const fields = fieldsOf()
  let kept: Tx | undefined
  sqlBehaviour.set(fields.sagaId, async (_e, tx) => {
    kept = tx
    return succeed()
  })
  await a.deliver(delivered(Wrote, fields, of))
  await expect(write(kept!)).rejects.toThrow('had ended')
  expect(await balanceOf(db, 'ann')).toBeUndefined()
})
