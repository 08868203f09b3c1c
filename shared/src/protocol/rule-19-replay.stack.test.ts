/** The database's part of rule 19. What operators see of it, and the topic's part, are in admin/acts.stack.test. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Act, LetterRef } from '../core/act.ts'
import { sagaBeganMs } from '../core/ids.ts'
import { requestOf } from '../core/letter.ts'
import { PermanentError, succeed } from '../kit.ts'
import { purgeActs } from '../postgres/purge.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, fenceOf, outcomes, queueOf, settle } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Done, Noted, NotedToo, Paid, Undone } from '../testing/participant.fixture.ts'
import { Charged, effectBehaviour, Uncharged, workshop, workshopTables } from '../testing/workshop.fixture.ts'

let db: Database
let a: Instance
let b: Instance
beforeAll(async () => {
  db = await freshDatabase()
  ;[a, b] = [await db.instance(), await db.instance()]
})
afterAll(() => db.close())
afterEach(() => settle(db))

const never = () => {
  throw new PermanentError('never', 'it can never be paid')
}
const by = { operator: 'ann', plan: 'p1' }
const replay = (letter: LetterRef): Act => ({ act: 'replay', letter, ...by })
const results = async (instance: Instance, ...acts: Act[]) => (await instance.act(...acts)).map(({ result }) => result)

/** A payment that is dead, and a note behind it. */
async function deadPayment(sagaId = newSagaId()) {
  const fields = { sagaId, account: 'ann', amount: 5 }
  behaviour.set(`pay/${sagaId}`, never)
  behaviour.set(`note/${sagaId}`, () => succeed(Done(fields)))
  const [paid, noted] = [delivered(Paid, fields), delivered(Noted, fields)]
  expect(outcomes(await a.deliver(paid, noted))).toEqual(['dead', 'parked'])
  return { ...fields, paid, letter: { id: paid.id, sagaId, deaths: 1 } }
}
const runAll = async (instance: Instance) => {
  const ended: string[] = []
  for (;;) {
    const decided = await instance.runDue()
    if (decided.length === 0) return ended
    ended.push(...decided.map(({ outcome, delivery }) => `${delivery.reaction.step} ${outcome}`))
  }
}

test('a replayed message runs in its old place with all its tries, and those behind it after it', async () => {
  const { sagaId, letter } = await deadPayment()
  expect(await runAll(a)).toEqual([])
  behaviour.set(`pay/${sagaId}`, () => {
    throw new Error('not yet')
  })
  expect(await results(a, replay(letter))).toEqual(['done'])
  expect([await fenceOf(db, sagaId), await queueOf(db, sagaId)]).toEqual([
    ['pay: failed'],
    ['retry pay', 'parked note'],
  ])
  expect((await a.runDue())[0]).toMatchObject({ outcome: 'failed', attempts: 1 })
  behaviour.delete(`pay/${sagaId}`)
  await db.query('update saga.waiting set due_at = now() where due_at is not null')
  expect(await runAll(a)).toEqual(['pay succeeded', 'note succeeded'])
  expect(await emitted(db, sagaId)).toEqual(['dead', 'replayed', 'Done', 'Done'])
  expect(await fenceOf(db, sagaId)).toEqual(['note: succeeded', 'pay: succeeded'])
})

test('two replays of one letter are one, wherever they are ordered; a later one finds it done', async () => {
  const { sagaId, letter } = await deadPayment()
  behaviour.delete(`pay/${sagaId}`)
  const held = await db.hold('select from saga.sagas where saga_id = $1 for update', [sagaId])
  const both = [results(a, replay(letter)), results(b, replay(letter))]
  await db.untilBlocked(2)
  await held.release()
  expect((await Promise.all(both)).flat().toSorted()).toEqual(['already', 'done'])
  expect(await runAll(b)).toEqual(['pay succeeded', 'note succeeded'])
  expect(await results(a, replay(letter), replay(letter))).toEqual(['already', 'already'])
  expect(await runAll(a)).toEqual([])
  expect(await emitted(db, sagaId)).toEqual(['dead', 'replayed', 'Done', 'Done'])
  expect(
    await db.query('select operator, act, plan, deaths, forced from saga.operator_acts where saga_id = $1', [sagaId]),
  ).toEqual([{ operator: 'ann', act: 'replay', plan: 'p1', deaths: 1, forced: false }])
})

async function replayedAfterANewDeath(deathsGuard: boolean) {
  const instance = await db.instance({ deathsGuard })
  const { sagaId, letter } = await deadPayment()
  expect(await results(instance, replay(letter))).toEqual(['done'])
  expect(await runAll(a)).toEqual(['pay dead'])
  expect(await emitted(db, sagaId)).toEqual(['dead', 'replayed', 'dead'])
  return { sagaId, again: await results(instance, replay(letter)) }
}

test('what has died anew is not replayed by an order that looked at the old death', async () => {
  const { sagaId, again } = await replayedAfterANewDeath(true)
  expect([again, await queueOf(db, sagaId)]).toEqual([['changed'], ['dead pay', 'parked note']])
  const [{ id }] = await db.query(`select message_id as id from saga.waiting where saga_id = $1 and kind = 'dead'`, [
    sagaId,
  ])
  expect(await results(a, replay({ id, sagaId, deaths: 2 }))).toEqual(['done'])
})

test('safeguard off: repeating the order replays a death that nobody has looked at', async () => {
  const { sagaId, again } = await replayedAfterANewDeath(false)
  expect([again, await queueOf(db, sagaId)]).toEqual([['done'], ['retry pay', 'parked note']])
})

test('many letters are one transaction, each with its own answer, in their order', async () => {
  const sagas = await Promise.all(Array.from({ length: 3 }, () => deadPayment()))
  const unknown = { id: 'nobody', sagaId: newSagaId(), deaths: 1 }
  const letters = [sagas[2]!.letter, unknown, sagas[0]!.letter, { ...sagas[1]!.letter, deaths: 2 }, sagas[0]!.letter]
  expect(await results(a, ...letters.map(replay))).toEqual(['done', 'unknown', 'done', 'changed', 'already'])
  const seqs = await db.query('select distinct seq from saga.operator_acts where saga_id = any($1)', [
    sagas.map(s => s.sagaId),
  ])
  expect(seqs).toHaveLength(1)
  // A replay opens no saga.
  expect(await db.query('select from saga.sagas where saga_id = $1', [unknown.sagaId])).toEqual([])
})

test('an act is turned away while the database is in trouble, and leaves nothing half done', async () => {
  const { sagaId, letter } = await deadPayment()
  const held = await db.hold('lock table saga.operator_acts in access exclusive mode')
  try {
    const acts = a.act(replay(letter))
    await db.untilBlocked(1)
    const [{ pid }] = await db.query(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'instance' and wait_event_type = 'Lock'`,
    )
    await db.query('select pg_terminate_backend($1)', [pid])
    expect(await acts).toEqual([])
  } finally {
    await held.release()
  }
  expect(a.failed.at(-1)).toMatchObject({ end: 'unavailable', delivery: { act: 'replay' } })
  expect(await queueOf(db, sagaId)).toEqual(['dead pay', 'parked note'])
  expect(await emitted(db, sagaId)).toEqual(['dead'])
})

test('replays are kept as long as the fence, discards for ever, forced or not', async () => {
  const { letter } = await deadPayment()
  const { letter: other } = await deadPayment()
  await db.query(
    `insert into saga.operator_acts (seq, n, operator, act, letter_id, deaths, reason, forced, at)
     values (0, 0, 'ann', 'discard', 'no-force-needed', 1, 'settled by hand', false, now() - interval '16 days')`,
  )
  await results(a, replay(letter), { act: 'discard', letter: other, reason: 'settled by hand', force: true, ...by })
  await db.query(`update saga.operator_acts set at = at - interval '16 days' where letter_id = any($1)`, [
    [letter.id, other.id],
  ])
  await purgeActs(db.pool, 15 * 86_400_000, 100)
  expect(
    await db.query('select act, forced from saga.operator_acts where letter_id = any($1)', [[letter.id, other.id]]),
  ).toEqual([{ act: 'discard', forced: true }])
  expect(await db.query(`delete from saga.operator_acts where letter_id = 'no-force-needed' returning act`)).toEqual([
    { act: 'discard' },
  ])
  await runAll(a)
})

describe('restored from its letter', () => {
  const restore = (read: ReturnType<typeof delivered>, deaths = 1, opens = true): Act => ({
    ...{ act: 'restore', letter: { id: read.id, sagaId: read.sagaId, deaths }, read, opens, request: null, ...by },
  })
  /** As after the database came from a copy of before. */
  const forgotten = async (sagaId: string) => {
    for (const table of ['waiting', 'saga_log', 'sagas', 'outbox'])
      await db.query(`delete from saga.${table} where saga_id = $1`, [sagaId])
  }

  test('the message runs, and what stood behind it comes again from its topic', async () => {
    const { sagaId, paid } = await deadPayment()
    await forgotten(sagaId)
    behaviour.delete(`pay/${sagaId}`)
    expect(await results(a, replay({ id: paid.id, sagaId, deaths: 1 }))).toEqual(['unknown'])
    expect(await results(a, restore(paid))).toEqual(['done'])
    expect(await results(b, restore(paid))).toEqual(['already'])
    // Delivered again from its topic too, it is the same message.
    expect(outcomes(await a.deliver(paid))).toEqual(['duplicate'])
    expect(await runAll(a)).toEqual(['pay succeeded'])
    expect(await results(a, restore(paid))).toEqual(['already'])
    expect(await emitted(db, sagaId)).toEqual(['replayed', 'Done'])
  })

  test('it waits behind what stands there, and an event of the same step decides what becomes of it', async () => {
    const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
    behaviour.set(`note/${fields.sagaId}`, never)
    const [standing, restored] = [delivered(Noted, fields), delivered(NotedToo, fields)]
    await a.deliver(standing)
    expect(await results(a, restore(restored, 3))).toEqual(['done'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['dead note', 'parked note'])
    expect(await runAll(a)).toEqual([])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['note: dead'])
    await results(a, {
      act: 'discard',
      letter: { id: standing.id, sagaId: fields.sagaId, deaths: 1 },
      reason: 'x',
      force: true,
      ...by,
    })
    expect(await runAll(a)).toEqual(['note dead'])
    expect(await db.query('select deaths from saga.waiting where saga_id = $1', [fields.sagaId])).toEqual([
      { deaths: 4 },
    ])
  })

  test('its compensation has come meanwhile: it is late, and is not restored', async () => {
    const { sagaId, paid, ...fields } = await deadPayment()
    await forgotten(sagaId)
    await a.deliver(delivered(Undone, { sagaId, account: fields.account, amount: fields.amount }))
    expect(await a.act(restore(paid))).toMatchObject([{ result: 'already', detail: expect.stringContaining('late') }])
  })

  test('a saga that began before the horizon and is unknown stays unknown: it may have been paid', async () => {
    const old = newSagaId(Date.now() - 16 * 86_400_000)
    expect(sagaBeganMs(old)).toBeLessThan(Date.now() - 15 * 86_400_000)
    const paid = delivered(Paid, { sagaId: old, account: 'ann', amount: 5 })
    // Whoever orders it has asked the database for its time.
    expect(await results(a, restore(paid, 1, false))).toEqual(['beyond-horizon'])
    expect(await db.query('select from saga.sagas where saga_id = $1', [old])).toEqual([])
  })

  test('an old saga that is known here has its fence: it is decided by that', async () => {
    const old = newSagaId(Date.now() - 16 * 86_400_000)
    const { paid } = await deadPayment(old)
    const [{ id }] = await db.query(
      'select message_id as id from saga.waiting where saga_id = $1 order by seq, n limit 1',
      [old],
    )
    expect(id).toBe(paid.id)
    await db.query('delete from saga.waiting where saga_id = $1', [old])
    behaviour.delete(`pay/${old}`)
    expect(await results(a, restore(paid, 1, false))).toEqual(['done'])
    expect(await runAll(a)).toEqual(['pay succeeded'])
  })
})

test('a call in doubt that is restored from its letter is repeated as it was asked, and is in doubt still', async () => {
  const shop = await freshDatabase({ participant: workshop, tables: workshopTables })
  try {
    const one = await shop.instance({}, { maxAttempts: 1 })
    const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
    const { sagaId } = fields
    const charged = delivered(Charged, fields, { participant: workshop })
    await one.deliver(charged)
    await one.callEnded(one.calls[0]!, { ok: false, error: new Error('no answer') })
    const [{ headers }] = await shop.query(`select headers from saga.outbox where headers->>'dlq-status' = 'dead'`)
    for (const table of ['waiting', 'saga_log', 'sagas', 'outbox'])
      await shop.query(`delete from saga.${table} where saga_id = $1`, [sagaId])
    effectBehaviour.set(sagaId, { intend: never })
    const letter = { id: charged.id, sagaId, deaths: 1 }
    const request = requestOf(headers)!
    expect(await results(one, { act: 'restore', letter, read: charged, opens: true, request, ...by })).toEqual(['done'])
    expect(outcomes(await one.runDue())).toEqual(['calling'])
    expect(one.calls[1]).toMatchObject({ request: { account: 'ann', amount: 5 }, inDoubt: true })
  } finally {
    effectBehaviour.clear()
    await shop.close()
  }
})

test('a call in doubt that is replayed is repeated as it was asked, and its compensation waits for its answer', async () => {
  const shop = await freshDatabase({ participant: workshop, tables: workshopTables })
  try {
    const one = await shop.instance({}, { maxAttempts: 1 })
    const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
    const of = { participant: workshop }
    const charged = delivered(Charged, fields, of)
    await one.deliver(charged)
    expect(outcomes(await one.callEnded(one.calls[0]!, { ok: false, error: new Error('no answer') }))).toEqual(['dead'])
    expect(outcomes(await one.deliver(delivered(Uncharged, fields, of)))).toEqual(['parked'])
    effectBehaviour.set(fields.sagaId, { intend: never })
    expect(await results(one, replay({ id: charged.id, sagaId: fields.sagaId, deaths: 1 }))).toEqual(['done'])
    expect(outcomes(await one.runDue())).toEqual(['calling'])
    expect(one.calls[1]).toMatchObject({ request: { account: 'ann', amount: 5 }, attempts: 1, inDoubt: true })
    expect(outcomes(await one.callEnded(one.calls[1]!, { ok: true, response: 5 }))).toEqual(['succeeded'])
    expect(outcomes(await one.runDue())).toEqual(['succeeded'])
    expect(await balanceOf(shop, 'ann')).toBe(0)
  } finally {
    effectBehaviour.clear()
    await shop.close()
  }
})
