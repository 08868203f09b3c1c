/** The database's part of rule 23: what is written before and after an outside call. Making the calls is another file's. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, fenceOf, outcomes, queueOf } from '../testing/ledger-checks.fixture.ts'
import { Charged, effectBehaviour, Uncharged, workshop, workshopTables } from '../testing/workshop.fixture.ts'

let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase({ participant: workshop, tables: workshopTables })
  a = await db.instance({}, { maxAttempts: 2 })
})
afterAll(() => db.close())
afterEach(async () => {
  effectBehaviour.clear()
  await db.query('delete from saga.waiting; delete from accounts')
})
const of = { participant: workshop }
const fieldsOf = () => ({ sagaId: newSagaId(), account: 'ann', amount: 5 })
const deadlinePasses = () =>
  db.query(`update saga.waiting set due_at = '2026-01-01' where kind in ('calling', 'retry')`)
const ok = { ok: true, response: 5 } as const
const broken = { ok: false, error: new Error('no answer') } as const

async function begun() {
  const fields = fieldsOf()
  const charged = delivered(Charged, fields, of)
  expect(outcomes(await a.deliver(charged))).toEqual(['calling'])
  return { ...fields, charged, call: a.calls.at(-1)! }
}

test('rule 23: the intent commits before the call begins; the result is written once', async () => {
  const { sagaId, call, charged } = await begun()
  expect(call).toMatchObject({ request: { account: 'ann', amount: 5 }, attempts: 1 })
  const [row] = await db.query('select kind, request, due_at > now() as has_deadline from saga.waiting')
  expect(row).toEqual({ kind: 'calling', request: { value: { account: 'ann', amount: 5 } }, has_deadline: true })
  expect(outcomes(await a.deliver(charged))).toEqual(['duplicate'])
  expect(outcomes(await a.callEnded(call, ok))).toEqual(['succeeded'])
  expect(outcomes(await a.callEnded(call, ok))).toEqual(['gone'])
  expect(await balanceOf(db, 'ann')).toBe(5)
  expect([await fenceOf(db, sagaId), await emitted(db, sagaId)]).toEqual([['charge: succeeded'], ['Done']])
})

test('rule 23: after its deadline the call is repeated as it was stored, by one instance; the result of the first is dropped', async () => {
  const { sagaId, call } = await begun()
  await deadlinePasses()
  const b = await db.instance()
  effectBehaviour.set(sagaId, {
    intend: () => {
      throw new Error('a new intent could ask for something else under the same key')
    },
  })
  const [read, readByB] = [await a.due(), await b.due()]
  expect(outcomes([...(await b.deliver(...readByB)), ...(await a.deliver(...read))])).toEqual(['calling', 'gone'])
  expect(b.calls).toMatchObject([{ request: { account: 'ann', amount: 5 }, attempts: 2 }])
  expect(outcomes(await a.callEnded(call, ok))).toEqual(['gone'])
  expect(await balanceOf(db, 'ann')).toBeUndefined()
  expect(outcomes(await b.callEnded(b.calls[0]!, ok))).toEqual(['succeeded'])
  expect(await balanceOf(db, 'ann')).toBe(5)
})

test('rule 23: without the claim the late result is written beside the one of the repeat', async () => {
  const off = await db.instance({ claims: false, fence: false })
  const { call } = await begun()
  expect(outcomes([...(await off.callEnded(call, ok)), ...(await off.callEnded(call, ok))])).toEqual([
    'succeeded',
    'succeeded',
  ])
  expect(await balanceOf(db, 'ann')).toBe(10)
})

test('rule 17: a call that fails is tried again with the same request, and is dead after the last try, still in doubt', async () => {
  const { sagaId, call } = await begun()
  expect(outcomes(await a.callEnded(call, broken))).toEqual(['failed'])
  await deadlinePasses()
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, broken))).toEqual(['dead'])
  expect(await emitted(db, sagaId)).toEqual(['dead'])
  const [row] = await db.query('select attempts, request from saga.waiting')
  expect(row).toEqual({ attempts: 2, request: { value: { account: 'ann', amount: 5 } } })
})

test('rule 17: a call whose result never came is dead at the deadline of its last try, and is not begun again', async () => {
  const { sagaId } = await begun()
  await deadlinePasses()
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  await deadlinePasses()
  const calls = a.calls.length
  expect(outcomes(await a.runDue())).toEqual(['dead'])
  expect(a.calls).toHaveLength(calls)
  expect(await fenceOf(db, sagaId)).toEqual(['charge: dead'])
})

test('rule 23: a compensation waits behind a call that is in doubt, and then undoes what it did', async () => {
  const { call, charged: _, ...fields } = await begun()
  expect(outcomes(await a.deliver(delivered(Uncharged, fields, of)))).toEqual(['parked'])
  expect(outcomes(await a.callEnded(call, broken))).toEqual(['failed'])
  expect(await queueOf(db, fields.sagaId)).toEqual(['retry charge', 'parked undo charge'])
  await deadlinePasses()
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, ok))).toEqual(['succeeded'])
  expect(outcomes(await a.runDue())).toEqual(['succeeded'])
  expect(await balanceOf(db, 'ann')).toBe(0)
  expect(await emitted(db, fields.sagaId)).toEqual(['Done', 'GivenBack'])
})

test('rule 12: a compensation closes an effect whose call was never begun', async () => {
  const fields = fieldsOf()
  effectBehaviour.set(fields.sagaId, {
    intend: () => {
      throw new Error('cannot even intend')
    },
  })
  expect(outcomes(await a.deliver(delivered(Charged, fields, of), delivered(Uncharged, fields, of)))).toEqual([
    'failed',
    'succeeded',
  ])
  expect(await fenceOf(db, fields.sagaId)).toEqual(['charge: skipped', 'undo charge: succeeded'])
})

test('rule 23: a result that cannot be recorded is a try of the call; the call is repeated, since its answer is not written', async () => {
  const { sagaId, call } = await begun()
  effectBehaviour.set(sagaId, {
    record: () => {
      throw new Error('cannot record')
    },
  })
  expect(await a.callEnded(call, ok)).toMatchObject([{ outcome: 'failed', attempts: 1 }])
  effectBehaviour.clear()
  await deadlinePasses()
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, ok))).toEqual(['succeeded'])
})

const away = { code: 'target-unreachable', message: 'connect ECONNREFUSED' } as const
const rowOf = async (sagaId: string) => {
  const [row] = await db.query(
    'select kind, attempts, error_code, request is not null as in_doubt, due_at <= now() as is_due from saga.waiting where saga_id = $1',
    [sagaId],
  )
  return row
}

test('rule 23: a call that could not begin costs no try and leaves no doubt; it is due again at once', async () => {
  const { sagaId, call } = await begun()
  expect(outcomes(await a.callUnbegun(call, away))).toEqual(['held'])
  expect(await rowOf(sagaId)).toEqual({
    ...{ kind: 'retry', attempts: 0, error_code: 'target-unreachable', in_doubt: false, is_due: true },
  })
  expect(await fenceOf(db, sagaId)).toEqual(['charge: failed'])
  expect(outcomes(await a.callUnbegun(call, away))).toEqual(['gone'])
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  // A batch whose COMMIT had no answer runs again: it must not give back the call that is under way now.
  expect(outcomes(await a.callUnbegun(call, away))).toEqual(['gone'])
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, ok))).toEqual(['succeeded'])
  expect(await db.query('select attempts, error_code from saga.saga_log where saga_id = $1', [sagaId])).toEqual([
    { attempts: 1, error_code: null },
  ])
})

test('rules 12 and 23: what was only ever held is closed by its compensation; what was begun before is not', async () => {
  const { call, charged: _, ...fields } = await begun()
  await a.callUnbegun(call, away)
  expect(outcomes(await a.deliver(delivered(Uncharged, fields, of)))).toEqual(['succeeded'])
  expect(await fenceOf(db, fields.sagaId)).toEqual(['charge: skipped', 'undo charge: succeeded'])
  expect(await queueOf(db, fields.sagaId)).toEqual([])

  const { call: first, charged: __, ...doubted } = await begun()
  await a.callEnded(first, broken)
  await deadlinePasses()
  await a.runDue()
  expect(outcomes(await a.callUnbegun(a.calls.at(-1)!, away))).toEqual(['held'])
  expect(await rowOf(doubted.sagaId)).toMatchObject({ kind: 'retry', attempts: 1, in_doubt: true })
  expect(outcomes(await a.deliver(delivered(Uncharged, doubted, of)))).toEqual(['parked'])
  await a.runDue()
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, ok))).toEqual(['succeeded'])
  expect(outcomes(await a.runDue())).toEqual(['succeeded'])
  expect(await emitted(db, doubted.sagaId)).toEqual(['Done', 'GivenBack'])
})

test('rule 23: while its step is held nothing is called, in doubt or not, but for the one that may ask', async () => {
  const lost = await begun()
  await deadlinePasses()
  a.turns.set('charge', { free: 0, hold: away })
  try {
    const fields = fieldsOf()
    expect(outcomes(await a.deliver(delivered(Charged, fields, of)))).toEqual(['held'])
    expect(await rowOf(fields.sagaId)).toMatchObject({ kind: 'retry', attempts: 0, in_doubt: false })
    expect(outcomes(await a.runDue())).toEqual(['held', 'held'])
    // Its call was begun and is lost: that try stays counted, and the doubt remains.
    expect(await rowOf(lost.sagaId)).toMatchObject({ kind: 'retry', attempts: 1, in_doubt: true })
    const calls = a.calls.length
    const probe = (await a.due()).find(({ sagaId }) => sagaId === lost.sagaId)!
    if (probe.origin.source !== 'due') throw new Error('it was due')
    expect(outcomes(await a.deliver({ ...probe, origin: { ...probe.origin, probe: true } }))).toEqual(['calling'])
    expect(a.calls).toHaveLength(calls + 1)
  } finally {
    a.turns.clear()
  }
})

test('rule 23: the result of a try is not that of the one that was given back and begun anew', async () => {
  const { sagaId, call: stopped } = await begun()
  await deadlinePasses()
  expect(outcomes(await a.runDue())).toEqual(['calling'])
  await a.callUnbegun(a.calls.at(-1)!, away)
  expect(await rowOf(sagaId)).toMatchObject({ attempts: 1, in_doubt: true })
  expect(outcomes(await a.callEnded(stopped, ok))).toEqual(['gone'])
  await a.runDue()
  expect(outcomes(await a.callEnded(stopped, ok))).toEqual(['gone'])
  expect(outcomes(await a.callEnded(a.calls.at(-1)!, ok))).toEqual(['succeeded'])
})
