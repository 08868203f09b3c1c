import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { accept } from '../kit.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, fenceOf } from '../testing/ledger-checks.fixture.ts'
import { Begin, behaviour, Done, Noted, Poke, TopUp } from '../testing/participant.fixture.ts'

let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase()
  a = await db.instance()
})
afterAll(() => db.close())
afterEach(async () => {
  behaviour.clear()
  await db.query('delete from saga.waiting; delete from accounts')
})
const begin = (sagaId = newSagaId()) => ({ sagaId, account: 'ann', amount: 5 })
const throwing = () => {
  throw new Error('cannot')
}
const trace = async (sagaId: string) => [
  await fenceOf(db, sagaId),
  await emitted(db, sagaId),
  await db.query('select from saga.waiting where saga_id = $1', [sagaId]),
]

describe('rule 31: a command is judged by its handler, and always answered', () => {
  test('an accept acts, a refusal leaves no row', async () => {
    const body = begin()
    expect(await a.command(Begin, body)).toEqual({ status: 'accepted', answer: { balance: 5 } })
    expect(await a.command(Poke, body)).toMatchObject({ status: 'refused', httpStatus: 409, code: 'not-now' })
    expect(await trace(body.sagaId)).toEqual([['begin: succeeded'], ['Done'], []])
  })

  test('an accept that emits and puts nothing leaves the fence alone, and may be given again and again', async () => {
    const body = begin()
    await a.command(Begin, body)
    behaviour.set('begin', () => accept({ balance: 7 }))
    for (let i = 0; i < 2; i++)
      expect(await a.command(Begin, body)).toEqual({ status: 'accepted', answer: { balance: 7 } })
    expect(await trace(body.sagaId)).toEqual([['begin: succeeded'], ['Done'], []])
  })

  test('one that would act again is a 500 with no trace; without the safeguard it acts twice', async () => {
    const body = begin()
    await a.command(Begin, body)
    expect(await a.command(Begin, body)).toEqual({ status: 'failed', code: 'fence-contradicted' })
    expect(await balanceOf(db, 'ann')).toBe(5)
    expect(await trace(body.sagaId)).toEqual([['begin: succeeded'], ['Done'], []])
    const off = await db.instance({ commandFence: false })
    expect(await off.command(Begin, body)).toEqual({ status: 'accepted', answer: { balance: 10 } })
    expect(await emitted(db, body.sagaId)).toEqual(['Done', 'Done'])
  })

  test('a handler that throws, emits what it may not, or whose puts the database refuses: 500, no trace, key given back', async () => {
    const ways: [() => void, object, string][] = [
      [() => behaviour.set('begin', throwing), {}, 'handler-threw'],
      [() => behaviour.set('begin', c => accept({}, Done({ ...c, sagaId: newSagaId() }))), {}, 'foreign-saga'],
      [() => {}, { account: 'debtor', amount: -5 }, 'refused-by-database'],
    ]
    for (const [prepare, fields, code] of ways) {
      const body = { ...begin(), ...fields }
      prepare()
      expect(await a.command(Begin, body, { key: code })).toEqual({ status: 'failed', code })
      behaviour.clear()
      expect(await trace(body.sagaId)).toEqual([[], [], []])
      expect(await db.query('select from saga.idempotency_keys where key = $1', [code])).toEqual([])
      expect(await a.command(Begin, begin(), { key: code })).toMatchObject({ status: 'accepted' })
    }
  })

  test('a saga with unfinished work here is busy; the key is given back', async () => {
    const body = begin()
    behaviour.set(`note/${body.sagaId}`, throwing)
    await a.deliver(delivered(Noted, body))
    expect(await a.command(Begin, body, { key: 'busy' })).toMatchObject({ status: 'saga-busy', retryAfterSeconds: 1 })
    expect(await fenceOf(db, body.sagaId)).toEqual(['note: failed'])
    behaviour.clear()
    await db.query(`update saga.waiting set due_at = '2026-01-01'`)
    await a.runDue()
    expect(await a.command(Begin, body, { key: 'busy' })).toMatchObject({ status: 'accepted' })
  })

  test('a command to a saga that nobody began sees nothing, and begins none', async () => {
    const body = begin()
    expect(await a.command(Poke, body)).toMatchObject({ status: 'refused' })
    behaviour.set('poke', c => accept({ ok: true }, Done(c)))
    expect(await a.command(Poke, body)).toMatchObject({ status: 'refused', httpStatus: 409, code: 'saga-forgotten' })
    expect(await db.query('select from saga.sagas where saga_id = $1', [body.sagaId])).toEqual([])
  })

  test('it is answered after its COMMIT was, never before', async () => {
    const body = begin()
    const held = await db.hold('lock table saga.outbox in share mode')
    let answered = false
    const answer = a.command(Begin, body).then(() => {
      answered = true
    })
    await db.untilBlocked(1)
    expect(answered).toBe(false)
    await held.release()
    await answer
    expect(await fenceOf(db, body.sagaId)).toEqual(['begin: succeeded'])
  })
})

describe('rule 32: one key, one effect, one answer', () => {
  const topUp = { account: 'ann', amount: 5 }

  test.each(['in the same batch', 'at the same time at two instances', 'after it has committed'])(
    'repeated %s',
    async when => {
      const b = await db.instance()
      const o = { key: `k ${when}` }
      const answers =
        when === 'after it has committed'
          ? [await a.command(TopUp, topUp, o), await b.command(TopUp, topUp, o)]
          : await Promise.all(
              [1, 2, 3].map(i => (when === 'in the same batch' || i < 2 ? a : b).command(TopUp, topUp, o)),
            )
      for (const answer of answers) expect(answer).toEqual({ status: 'accepted', answer: { balance: 5 } })
      expect(await balanceOf(db, 'ann')).toBe(5)
    },
  )

  test('the second waits for the first, and takes its answer even if the state has moved on', async () => {
    const b = await db.instance()
    await db.query(`insert into accounts values ('ann', 0)`)
    const held = await db.hold(`select from accounts where account = 'ann' for update`)
    const first = a.command(TopUp, topUp, { key: 'waits' })
    await db.untilBlocked(1)
    const second = b.command(TopUp, topUp, { key: 'waits' })
    await db.untilBlocked(2)
    await held.release()
    expect(await first).toEqual(await second)
    await a.command(TopUp, topUp)
    expect(await b.command(TopUp, topUp, { key: 'waits' })).toEqual(await first)
    expect(await balanceOf(db, 'ann')).toBe(10)
  })

  test('without it a repeat acts again', async () => {
    const off = await db.instance({ idempotencyKeys: false })
    for (let i = 0; i < 2; i++) await off.command(TopUp, topUp, { key: 'off' })
    expect(await balanceOf(db, 'ann')).toBe(10)
  })

  test('the same key with another body is refused', async () => {
    await a.command(TopUp, topUp, { key: 'body' })
    expect(await a.command(TopUp, { ...topUp, amount: 6 }, { key: 'body' })).toEqual({ status: 'key-reused' })
    const both = await Promise.all([
      a.command(TopUp, topUp, { key: 'bodies' }),
      a.command(TopUp, { ...topUp, amount: 6 }, { key: 'bodies' }),
    ])
    expect(both.map(answer => answer.status)).toEqual(['accepted', 'key-reused'])
  })

  test('a handler’s no is stored, too', async () => {
    const body = begin()
    await a.command(Poke, body, { key: 'no' })
    behaviour.set('poke', () => accept({ ok: true }))
    expect(await a.command(Poke, body, { key: 'no' })).toMatchObject({ status: 'refused', code: 'not-now' })
    expect(await a.command(Poke, body)).toMatchObject({ status: 'accepted' })
  })

  test('a repeat in the batch of one that fails is run, not failed with it', async () => {
    let runs = 0
    behaviour.set('begin', () => {
      if (runs++ === 0) throw new Error('once')
    })
    const body = begin()
    const both = await Promise.all([1, 2].map(() => a.command(Begin, body, { key: 'once' })))
    expect(both.map(answer => answer.status)).toEqual(['failed', 'accepted'])
    expect(await balanceOf(db, 'ann')).toBe(5)
  })

  test('a repeat that was let in before its first had committed is undone, and takes the first’s answer', async () => {
    const b = await db.instance()
    const held = await db.hold(
      `insert into saga.idempotency_keys values ('POST /TopUp', 'anonymous', 'raced', '\\x${'00'.repeat(32)}', 200, '{"balance": 1}')`,
    )
    const bodyHash = '\0'.repeat(32)
    const neighbour = begin()
    const answers = Promise.all([b.command(TopUp, topUp, { key: 'raced', bodyHash }), b.command(Begin, neighbour)])
    await db.untilBlocked(1)
    await held.release()
    expect(await answers).toEqual([
      { status: 'accepted', answer: { balance: 1 } },
      { status: 'accepted', answer: { balance: 5 } },
    ])
    expect(await balanceOf(db, 'ann')).toBe(5)
  })

  test('a repeat that fails because its first has acted takes the answer, not the failure', async () => {
    const b = await db.instance()
    const body = begin()
    await db.query(`insert into accounts values ('ann', 0)`)
    const held = await db.hold(`select from accounts where account = 'ann' for update`)
    const first = a.command(Begin, body, { key: 'acted' })
    await db.untilBlocked(1)
    const second = b.command(Begin, body, { key: 'acted' })
    await db.untilBlocked(2)
    await held.release()
    expect(await first).toEqual({ status: 'accepted', answer: { balance: 5 } })
    expect(await second).toEqual(await first)
    expect(await balanceOf(db, 'ann')).toBe(5)
  })
})
