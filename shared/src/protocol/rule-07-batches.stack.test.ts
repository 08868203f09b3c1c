import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Safeguards } from '../core/safeguards.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { emitted, expectMoneyToAddUp, outcomes, queueOf } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Noted, Paid } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())
afterEach(() => behaviour.clear())

/** 100 payments to two accounts; the 41st the database refuses (its balance would be negative), the 42nd throws. */
async function hundred(safeguards: Partial<Safeguards>) {
  const a = await db.instance(safeguards)
  const paid = Array.from({ length: 100 }, (_, i) =>
    delivered(Paid, { sagaId: newSagaId(), account: i === 40 ? 'debtor' : `acc${i % 2}`, amount: i === 40 ? -5 : 1 }),
  )
  const thrower = paid[41]!.sagaId
  behaviour.set(`pay/${thrower}`, () => {
    throw new Error('cannot')
  })
  const note = delivered(Noted, { sagaId: paid[40]!.sagaId, account: 'x', amount: 0 })
  const decided = await a.deliver(...paid, note)
  const { published } = a
  return { decided, published, refused: paid[40]!.sagaId, thrower, order: paid.map(d => d.sagaId) }
}

describe('rule 7: one message spoils only itself', () => {
  test('of a hundred, the one that throws and the one that the database refuses fail; the others commit in order', async () => {
    const { decided, published, refused, thrower, order } = await hundred({})
    expect(outcomes(decided).filter(o => o === 'succeeded')).toHaveLength(98)
    const failed = decided.filter(d => d.outcome === 'failed')
    expect(failed.map(d => [d.delivery.sagaId, d.code])).toEqual([
      [refused, 'sqlstate-23514'],
      [thrower, 'handler-threw'],
    ])
    // What is behind the culprit was decided when its failed row was there.
    expect(await queueOf(db, refused)).toEqual(['retry pay', 'parked note'])
    const left = await db.query('select saga_id, partition from saga.outbox order by seq, n')
    // A transaction whose saves are refused publishes nothing: each event leaves by the one that has stored it.
    expect(published.map(row => row.sagaId)).toEqual(left.map(row => row.saga_id))
    // In the order of the batch within each partition, which is all that Kafka keeps.
    const partitionOf = new Map(left.map(row => [row.saga_id, row.partition]))
    const succeeded = order.filter(id => id !== refused && id !== thrower)
    const byPartition = (ids: readonly string[]) => Map.groupBy(ids, id => partitionOf.get(id))
    expect(byPartition(left.map(row => row.saga_id))).toEqual(byPartition(succeeded))
    expect(await db.query('select * from saga.saga_log where attempts <> 1')).toEqual([])
    await expectMoneyToAddUp(db)
  })

  test('without it one refusal fails the whole batch', async () => {
    const { decided } = await hundred({ halving: false })
    expect(new Set(outcomes(decided))).toEqual(new Set(['failed', 'parked']))
  })

  test('the puts of a handler that throws are dropped; what is behind it sees none of them', async () => {
    const a = await db.instance()
    const [bad, good] = [newSagaId(), newSagaId()]
    const paid = delivered(Paid, { sagaId: bad, account: 'eve', amount: 7 })
    const run = (paid.reaction.handler as { run: (...args: unknown[]) => unknown }).run
    const putsThenThrows = (...args: unknown[]) => {
      run(...args)
      throw new Error('after its puts')
    }
    const reaction = { ...paid.reaction, handler: { form: 'action' as const, run: putsThenThrows } }
    const decided = await a.deliver({ ...paid, reaction }, delivered(Paid, { sagaId: good, account: 'eve', amount: 1 }))
    expect(outcomes(decided)).toEqual(['failed', 'succeeded'])
    expect(await db.query(`select balance from accounts where account = 'eve'`)).toEqual([{ balance: 1 }])
    expect(await emitted(db, bad)).toEqual([])
  })

  test.each([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud83d'],
  ])('a message that carries %s, which no column can hold, gets its failed row', async (_name, account) => {
    const a = await db.instance()
    const [bad, good] = [newSagaId(), newSagaId()]
    const decided = await a.deliver(
      delivered(Paid, { sagaId: bad, account, amount: 1 }),
      delivered(Paid, { sagaId: good, account: 'fay', amount: 1 }),
    )
    expect(decided.map(d => [d.delivery.sagaId, d.outcome])).toEqual([
      [bad, 'failed'],
      [good, 'succeeded'],
    ])
    const [row] = await db.query('select body from saga.waiting where saga_id = $1', [bad])
    expect(JSON.parse(row.body)).toMatchObject({ account })
    await expectMoneyToAddUp(db)
  })

  test('an error text with both is kept, and its letter too', async () => {
    const a = await db.instance({}, { maxAttempts: 1 })
    const sagaId = newSagaId()
    behaviour.set(`pay/${sagaId}`, () => {
      throw new Error('a\0b\ud83d')
    })
    expect(outcomes(await a.deliver(delivered(Paid, { sagaId, account: 'x', amount: 1 })))).toEqual(['dead'])
    expect(await emitted(db, sagaId)).toEqual(['dead'])
  })

  test('two sagas whose senders chose the same event id keep a message each', async () => {
    const a = await db.instance()
    const sagas = [newSagaId(), newSagaId()]
    behaviour.set('pay', e => {
      throw new Error(e.account)
    })
    for (const sagaId of sagas)
      await a.deliver(delivered(Paid, { sagaId, account: sagaId, amount: 1 }, { id: 'event-1' }))
    behaviour.clear()
    expect(outcomes(await a.runDue()).filter(o => o === 'succeeded').length).toBeGreaterThanOrEqual(2)
    expect(await db.query('select account from payments where saga_id = any($1)', [sagas])).toHaveLength(2)
    expect(await db.query('select from saga.waiting where saga_id = any($1)', [sagas])).toEqual([])
    await expectMoneyToAddUp(db)
  })
})

test('a BEGIN that fails leaves nothing of what was sent behind it: the batch runs again, as a whole', async () => {
  const a = await db.instance()
  const failing = failFirstBegin(a.store.pool)
  const sagaId = newSagaId()
  const decided = await a.deliver(delivered(Paid, { sagaId, account: sagaId, amount: 5 }))
  expect(failing.failed).toBe(true)
  expect(outcomes(decided)).toEqual(['succeeded'])
  const written = await db.query(
    `select l.xmin = o.xmin and o.xmin = a.xmin as at_once
     from saga.saga_log l join saga.outbox o using (saga_id) join accounts a on a.account = l.saga_id::text where l.saga_id = $1`,
    [sagaId],
  )
  expect(written).toEqual([{ at_once: true }])
})

/** As an operator does whose pg_cancel_backend was meant for the statement before. */
function failFirstBegin(pool: Instance['store']['pool']): { readonly failed: boolean } {
  const state = { failed: false }
  pool.once('acquire', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((asked: unknown, ...rest: unknown[]) => {
      const begins = (asked as { name?: string }).name === 'begin'
      if (!begins || state.failed) return query(asked, ...rest)
      state.failed = true
      return query(`do $$ begin raise exception 'canceling statement' using errcode = '57014'; end $$`)
    }) as typeof client.query
  })
  return state
}
