import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Act } from '../core/act.ts'
import { PermanentError } from '../kit.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, fenceOf, outcomes, queueOf, settle } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Noted, Paid, Undone } from '../testing/participant.fixture.ts'
import { Charged, Uncharged, workshop, workshopTables } from '../testing/workshop.fixture.ts'

let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase()
  a = await db.instance()
})
afterAll(() => db.close())
afterEach(() => settle(db))

const never = () => {
  throw new PermanentError('never', 'it can never be done')
}
const discard = (id: string, sagaId: string, force = false): Act => ({
  ...{
    act: 'discard',
    letter: { id, sagaId, deaths: 1 },
    operator: 'ann',
    plan: null,
    reason: 'settled by hand',
    force,
  },
})
const fieldsOf = () => ({ sagaId: newSagaId(), account: 'ann', amount: 5 })

test('a discarded message counts as no effect; those behind it run; delivered again, it is a duplicate', async () => {
  const fields = fieldsOf()
  const { sagaId } = fields
  behaviour.set(`pay/${sagaId}`, never)
  const [paid, noted] = [delivered(Paid, fields), delivered(Noted, fields)]
  expect(outcomes(await a.deliver(paid, noted))).toEqual(['dead', 'parked'])
  expect(await a.act(discard(paid.id, sagaId, true))).toMatchObject([{ result: 'done', forced: true, step: 'pay' }])
  expect([await fenceOf(db, sagaId), await queueOf(db, sagaId)]).toEqual([['pay: discarded'], ['parked note']])
  expect(outcomes(await a.runDue())).toEqual(['succeeded'])

  behaviour.delete(`pay/${sagaId}`)
  expect(outcomes(await a.deliver(paid))).toEqual(['duplicate'])
  expect((await a.act(discard(paid.id, sagaId, true)))[0]).toMatchObject({ result: 'already' })
  expect(await balanceOf(db, 'ann')).toBeUndefined()
  // What it would have undone was never done: the compensation answers with nothing.
  expect(outcomes(await a.deliver(delivered(Undone, fields)))).toEqual(['succeeded'])
  expect(await fenceOf(db, sagaId)).toEqual(['note: succeeded', 'pay: skipped', 'undo pay: succeeded'])
  expect(await emitted(db, sagaId)).toEqual(['dead', 'discarded', 'GivenBack'])
  expect(
    await db.query(
      'select act, operator, reason, forced, step, direction, error_code from saga.operator_acts where saga_id = $1',
      [sagaId],
    ),
  ).toEqual([
    {
      act: 'discard',
      operator: 'ann',
      reason: 'settled by hand',
      forced: true,
      step: 'pay',
      direction: 'action',
      error_code: 'never',
    },
  ])
})

test('rule 10: the compensation’s first event is dead, the second waits; the operator discards the first, and the second pays back', async () => {
  const fields = fieldsOf()
  const { sagaId } = fields
  await a.deliver(delivered(Paid, fields))
  const before = await balanceOf(db, 'ann')
  behaviour.set(`undo pay/${sagaId}`, never)
  const [rejected, cancelled] = [delivered(Undone, fields), delivered(Undone, fields)]
  expect(outcomes(await a.deliver(rejected, cancelled))).toEqual(['dead', 'parked'])
  behaviour.delete(`undo pay/${sagaId}`)

  expect((await a.act(discard(rejected.id, sagaId)))[0]).toMatchObject({ result: 'needs-force' })
  expect(await queueOf(db, sagaId)).toEqual(['dead undo pay', 'parked undo pay'])
  expect((await a.act(discard(rejected.id, sagaId, true)))[0]).toMatchObject({ result: 'done', forced: true })
  expect(outcomes(await a.runDue())).toEqual(['succeeded'])
  expect(await balanceOf(db, 'ann')).toBe(before! - 5)
  expect(await fenceOf(db, sagaId)).toEqual(['pay: succeeded', 'undo pay: succeeded'])
})

async function discardedWithoutForce(discardNeedsForce: boolean) {
  const instance = await db.instance({ discardNeedsForce })
  const fields = fieldsOf()
  await a.deliver(delivered(Paid, fields))
  behaviour.set(`undo pay/${fields.sagaId}`, never)
  const undone = delivered(Undone, fields)
  await a.deliver(undone)
  const [acted] = await instance.act(discard(undone.id, fields.sagaId))
  return { acted, sagaId: fields.sagaId }
}

test('without force a compensation stays where it is', async () => {
  const { acted, sagaId } = await discardedWithoutForce(true)
  expect(acted).toMatchObject({ result: 'needs-force' })
  expect([await fenceOf(db, sagaId), await queueOf(db, sagaId), await emitted(db, sagaId)]).toEqual([
    ['pay: succeeded', 'undo pay: dead'],
    ['dead undo pay'],
    ['Done', 'dead'],
  ])
})

test('safeguard off: the money is kept by a slip of the hand, and nothing says that it was meant', async () => {
  const { acted, sagaId } = await discardedWithoutForce(false)
  expect(acted).toMatchObject({ result: 'done', forced: false })
  expect([await fenceOf(db, sagaId), await queueOf(db, sagaId)]).toEqual([
    ['pay: succeeded', 'undo pay: discarded'],
    [],
  ])
})

test('a call in doubt needs force: it may have happened; its compensation then finds that nothing took effect', async () => {
  const shop = await freshDatabase({ participant: workshop, tables: workshopTables })
  try {
    const one = await shop.instance({}, { maxAttempts: 1 })
    const fields = fieldsOf()
    const of = { participant: workshop }
    const charged = delivered(Charged, fields, of)
    await one.deliver(charged)
    await one.callEnded(one.calls[0]!, { ok: false, error: new Error('no answer') })
    expect(outcomes(await one.deliver(delivered(Uncharged, fields, of)))).toEqual(['parked'])
    expect(await one.act(discard(charged.id, fields.sagaId))).toMatchObject([
      { result: 'needs-force', detail: expect.stringContaining('may have happened') },
    ])
    expect(await one.act(discard(charged.id, fields.sagaId, true))).toMatchObject([{ result: 'done', forced: true }])
    expect(outcomes(await one.runDue())).toEqual(['succeeded'])
    expect(await fenceOf(shop, fields.sagaId)).toEqual(['charge: skipped', 'undo charge: succeeded'])
  } finally {
    await shop.close()
  }
})
