import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PermanentError, succeed } from '../kit.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { emitted, expectMoneyToAddUp, fenceOf, outcomes, queueOf } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Noted, Paid, Undone } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())
afterEach(async () => {
  behaviour.clear()
  await expectMoneyToAddUp(db)
  await db.query('delete from saga.waiting')
})
const fieldsOf = (sagaId = newSagaId()) => ({ sagaId, account: 'ann', amount: 5 })
const throwing = () => {
  throw new Error('cannot')
}

describe('rule 16: behind an unfinished message of its saga a message waits, in order of arrival', () => {
  test('only the head is due; each that ends makes the next one due; the first that fails stops the rest', async () => {
    const a = await db.instance()
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Noted, fields))
    await a.deliver(delivered(Paid, fields), delivered(Undone, fields))
    expect(await queueOf(db, fields.sagaId)).toEqual(['retry note', 'parked pay', 'parked undo pay'])
    expect((await a.due()).map(d => d.message.type)).toEqual(['Noted'])

    behaviour.set(`note/${fields.sagaId}`, () => succeed())
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(outcomes(await a.runDue())).toEqual(['failed'])
    expect((await a.due()).map(d => d.message.type)).toEqual(['Paid'])
    behaviour.delete(`pay/${fields.sagaId}`)
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(await emitted(db, fields.sagaId)).toEqual(['Done', 'GivenBack'])
  })

  test('without it a later message overtakes the one that failed', async () => {
    const off = await db.instance({ parking: false })
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, throwing)
    expect(outcomes(await off.deliver(delivered(Noted, fields), delivered(Paid, fields)))).toEqual([
      'failed',
      'succeeded',
    ])
  })
})

describe('rule 17: tries are counted, and the last one ends in a letter', () => {
  test('dead after the last try, with one letter; it blocks its saga and no other, timers included', async () => {
    const a = await db.instance({}, { maxAttempts: 3 })
    const [fields, other] = [fieldsOf(), fieldsOf()]
    behaviour.set(`note/${fields.sagaId}`, throwing)
    const ends = [
      await a.deliver(delivered(Noted, fields)),
      await until(() => a.runDue()),
      await until(() => a.runDue()),
    ]
    expect(ends.flatMap(outcomes)).toEqual(['failed', 'failed', 'dead'])
    expect(ends[2]).toMatchObject([{ attempts: 3, code: 'handler-threw' }])
    expect(await emitted(db, fields.sagaId)).toEqual(['dead'])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['note: dead'])
    expect(outcomes(await a.deliver(delivered(Paid, fields), delivered(Paid, other)))).toEqual(['parked', 'succeeded'])
    expect(await a.due()).toEqual([])
    const [{ headers }] = await db.query(
      `select headers from saga.outbox where topic = 'ledger.dlq' and saga_id = $1`,
      [fields.sagaId],
    )
    expect(headers).toMatchObject({
      'dlq-step': 'note',
      'dlq-attempts': '3',
      'dlq-deaths': '1',
      'dlq-error-message': 'cannot',
    })
  })

  test('without it a message that can never succeed is tried for ever', async () => {
    const off = await db.instance({ attemptsLimit: false }, { maxAttempts: 2 })
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, throwing)
    await off.deliver(delivered(Noted, fields))
    for (let i = 0; i < 3; i++) expect(outcomes(await until(() => off.runDue()))).toEqual(['failed'])
  })

  test('a permanent error is dead at once', async () => {
    const a = await db.instance()
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, () => {
      throw new PermanentError('never', 'it can never be')
    })
    expect(await a.deliver(delivered(Noted, fields))).toMatchObject([{ outcome: 'dead', code: 'never', attempts: 1 }])
  })
})

/** A retry is due a millisecond after it failed. */
async function until<T>(run: () => Promise<T[]>): Promise<T[]> {
  for (let i = 0; i < 100; i++) {
    const ended = await run()
    if (ended.length > 0) return ended
  }
  throw new Error('nothing became due')
}
