import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Safeguards } from '../core/safeguards.ts'
import { lockSagas } from '../postgres/lock-sagas.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { expectMoneyToAddUp, outcomes } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Noted, Paid } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())
afterEach(() => {
  behaviour.clear()
  vi.useRealTimers()
})

describe('rule 2: insert, then read again in a second statement', () => {
  const theirs = `insert into saga.sagas (saga_id, partition) values ($1, 0)`

  test('the second statement sees the row that the first one waited for', async () => {
    const sagaId = newSagaId()
    const held = await db.hold(theirs, [sagaId])
    const found = lockSagas((await db.instance()).store.pool as never, [{ sagaId, partition: 0, opens: true }], true)
    await db.untilBlocked(1)
    await held.release()
    expect(await found).toEqual(new Map([[sagaId, 'known']]))
  })

  test('as one statement it sees neither its own row nor the winner’s', async () => {
    const sagaId = newSagaId()
    const held = await db.hold(theirs, [sagaId])
    const { pool } = (await db.instance()).store
    const found = pool.query(
      `with mine as (insert into saga.sagas (saga_id, partition) values ($1, 0) on conflict do nothing returning saga_id)
       select saga_id from mine union select saga_id from saga.sagas where saga_id = $1`,
      [sagaId],
    )
    await db.untilBlocked(1)
    await held.release()
    expect((await found).rows).toEqual([])
  })
})

/** Two batches of the same two new sagas, each in the other's order; a trigger stops each between its first row and its second. */
async function crossing(safeguards: Partial<Safeguards>) {
  const [a, b] = [await db.instance(safeguards), await db.instance(safeguards)]
  const [one, two] = [newSagaId(), newSagaId()].sort()
  const paid = [one!, two!].map(sagaId => delivered(Paid, { sagaId, account: 'ann', amount: 5 }))
  await db.query(
    `create function pause() returns trigger language plpgsql as 'begin perform pg_sleep(0.3); return new; end'`,
  )
  await db.query('create trigger pause before insert on saga.sagas for each row execute function pause()')
  try {
    const ended = await Promise.all([a.deliver(...paid), b.deliver(...paid.toReversed())])
    return { ended: ended.map(outcomes), errors: [...a.errors, ...b.errors] }
  } finally {
    await db.query('drop function pause cascade')
  }
}

describe('rule 3: locks are taken in one order', () => {
  test('two batches that meet the same sagas in crossing order wait for one another, once', async () => {
    const { ended, errors } = await crossing({})
    expect(ended.map(o => o.sort()).sort()).toEqual([
      ['duplicate', 'duplicate'],
      ['succeeded', 'succeeded'],
    ])
    expect(errors).toEqual([])
    await expectMoneyToAddUp(db)
  })

  test('without it they deadlock; the batch that is rolled back runs again, and no try is counted', async () => {
    const { ended, errors } = await crossing({ lockOrder: false })
    expect(errors).toEqual(['40P01'])
    expect(ended.map(o => o.sort()).sort()).toEqual([
      ['duplicate', 'duplicate'],
      ['succeeded', 'succeeded'],
    ])
    expect(await db.query('select from saga.saga_log where attempts <> 1')).toEqual([])
    await expectMoneyToAddUp(db)
  })
})

test('rule 6: the time is the database’s, one value for the transaction, whatever this process’s clock says', async () => {
  const times: number[] = []
  behaviour.set('pay', (_e, { now }) => void times.push(now.getTime()))
  const a = await db.instance()
  const [paid, noted] = [newSagaId(), newSagaId()].map(sagaId => ({ sagaId, account: 'ann', amount: 1 }))
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2001-01-01') })
  await a.deliver(delivered(Paid, paid!), delivered(Paid, { ...paid!, sagaId: newSagaId() }), delivered(Noted, noted!))
  vi.useRealTimers()
  expect(new Set(times).size).toBe(1)
  const [row] = await db.query(
    `select l.created_at as wrote, w.due_at - interval '60 s' as set_at from saga.saga_log l join saga.waiting w using (saga_id) where saga_id = $1`,
    [noted!.sagaId],
  )
  expect(row.set_at.getTime()).toBe(times[0])
  expect(row.wrote.getTime()).toBe(times[0])
})
