import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { succeed } from '../kit.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { emitted, fenceOf, outcomes, queueOf, settle } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Done, Noted, NotedToo, Paid, refused, reject, Undone } from '../testing/participant.fixture.ts'

let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase()
  a = await db.instance()
})
afterAll(() => db.close())
afterEach(() => settle(db))

const fieldsOf = (sagaId = newSagaId()) => ({ sagaId, account: 'ann', amount: 5 })
const throwing = () => {
  throw new Error('cannot')
}
const permanently = { maxAttempts: 1 }

describe('rule 9: a step that has ended does not run again', () => {
  test('whether it succeeded or was rejected; by the same event or another', async () => {
    const [done, no] = [fieldsOf(), fieldsOf()]
    behaviour.set(`note/${no.sagaId}`, () => reject('no'))
    behaviour.set(`note/${done.sagaId}`, () => succeed(Done(done)))
    const first = [delivered(Noted, done), delivered(Noted, no)]
    expect(outcomes(await a.deliver(...first))).toEqual(['succeeded', 'rejected'])
    expect(outcomes(await a.deliver(...first, delivered(NotedToo, done), delivered(NotedToo, no)))).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
    ])
    expect(await emitted(db, done.sagaId)).toEqual(['Done'])
  })

  test('without it a second delivery works a second time', async () => {
    const off = await db.instance({ fence: false })
    const fields = fieldsOf()
    behaviour.set('note', () => succeed(Done(fields)))
    const noted = delivered(Noted, fields)
    expect(outcomes([...(await off.deliver(noted)), ...(await off.deliver(noted))])).toEqual(['succeeded', 'succeeded'])
    expect(await emitted(db, fields.sagaId)).toEqual(['Done', 'Done'])
  })

  test.each(['refused', 'discarded'])(
    '%s blocks only the messages that it ended; another event of the step runs',
    async how => {
      const fields = fieldsOf()
      const [one, two, three] = [delivered(Noted, fields), delivered(NotedToo, fields), delivered(Noted, fields)]
      behaviour.set('note', () => refused('moved-on'))
      expect(outcomes(await a.deliver(one, two))).toEqual(['refused', 'refused'])
      await db.query('update saga.saga_log set status = $2 where saga_id = $1', [fields.sagaId, how])
      expect(outcomes(await a.deliver(one, two))).toEqual(['duplicate', 'duplicate'])
      behaviour.set('note', throwing)
      expect(outcomes(await a.deliver(three))).toEqual(['failed'])
      // The row keeps all that it ended, also while another event's try has failed.
      expect(outcomes(await a.deliver(one, two))).toEqual(['duplicate', 'duplicate'])
      behaviour.delete('note')
      expect(outcomes(await a.runDue())).toEqual(['succeeded'])
      expect(outcomes(await a.deliver(one, two, three))).toEqual(['duplicate', 'duplicate', 'duplicate'])
    },
  )

  test('without it the event that would have done the work is dropped as a duplicate', async () => {
    const off = await db.instance({ refusedBlocksOnlyItself: false })
    const fields = fieldsOf()
    behaviour.set('note', () => refused('moved-on'))
    await off.deliver(delivered(Noted, fields))
    behaviour.delete('note')
    expect(outcomes(await off.deliver(delivered(NotedToo, fields)))).toEqual(['duplicate'])
  })
})

describe('rule 10: while a step is unfinished', () => {
  async function failedWithAnotherBehind() {
    const fields = fieldsOf()
    const [one, two] = [delivered(Noted, fields), delivered(NotedToo, fields)]
    behaviour.set(`note/${fields.sagaId}`, throwing)
    expect(outcomes(await a.deliver(one, two))).toEqual(['failed', 'parked'])
    const before = await db.query('select * from saga.waiting where saga_id = $1', [fields.sagaId])
    expect(outcomes(await a.deliver(one, two))).toEqual(['duplicate', 'duplicate'])
    expect(await db.query('select * from saga.waiting where saga_id = $1', [fields.sagaId])).toEqual(before)
    return fields.sagaId
  }

  test.each([
    ['its work done', 'succeeded', () => succeed(), 'superseded'],
    ['rejected', 'rejected', () => reject('no'), 'superseded'],
    ['refused', 'refused', () => refused('no'), 'refused'],
  ])('the same message changes nothing, and another waits; the row ends %s', async (_name, first, how, second) => {
    const sagaId = await failedWithAnotherBehind()
    behaviour.set(`note/${sagaId}`, how)
    expect(outcomes(await a.runDue())).toEqual([first])
    expect(outcomes(await a.runDue())).toEqual([second])
    expect(await queueOf(db, sagaId)).toEqual([])
  })

  test('the other runs when an operator discards the first', async () => {
    const sagaId = await failedWithAnotherBehind()
    behaviour.delete(`note/${sagaId}`)
    const [letter] = await db.query(
      `update saga.waiting set kind = 'dead', deaths = 1, due_at = null where saga_id = $1 and kind = 'retry' returning message_id as id, deaths`,
      [sagaId],
    )
    const by = { operator: 'ann', plan: null, reason: 'not needed', force: true }
    await a.act({ act: 'discard', letter: { ...letter, sagaId }, ...by })
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
  })
})

describe('rule 11: a message runs as the try that it claims', () => {
  async function threeInstancesReadOneRetry(claims: boolean) {
    const instances = await Promise.all([1, 2, 3].map(() => db.instance({ claims })))
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields))
    const read = await Promise.all(instances.map(instance => instance.due()))
    for (const [i, instance] of instances.entries()) await instance.deliver(...read[i]!)
    return (await db.query('select attempts from saga.waiting where saga_id = $1', [fields.sagaId]))[0].attempts
  }

  test('three instances that have read the same retry burn one try', async () => {
    expect(await threeInstancesReadOneRetry(true)).toBe(2)
  })
  test('without it they burn three', async () => {
    expect(await threeInstancesReadOneRetry(false)).toBe(4)
  })

  test('not before its time', async () => {
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields))
    const read = await a.due()
    await db.query(`update saga.waiting set due_at = now() + interval '1 h' where saga_id = $1`, [fields.sagaId])
    const [{ due_at }] = await db.query('select due_at from saga.waiting where saga_id = $1', [fields.sagaId])
    const early = read.map(d => ({ ...d, origin: { source: 'due' as const, attempts: 1, dueAtMs: due_at.getTime() } }))
    expect(outcomes([...(await a.deliver(...read)), ...(await a.deliver(...early))])).toEqual(['gone', 'gone'])
  })
})

describe('rules 12 and 13: a compensation undoes what was done, and nothing else', () => {
  test('whose action never came: a tombstone, an answer, and the late action is blocked', async () => {
    const fields = fieldsOf()
    expect(outcomes(await a.deliver(delivered(Undone, fields), delivered(Paid, fields)))).toEqual(['succeeded', 'late'])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['pay: skipped', 'undo pay: succeeded'])
    expect(await emitted(db, fields.sagaId)).toEqual(['GivenBack'])
  })

  test('without the tombstone the compensation runs against nothing and is dead', async () => {
    const off = await db.instance({ emptyCompensation: false })
    expect(outcomes(await off.deliver(delivered(Undone, fieldsOf())))).toEqual(['dead'])
  })

  test('without the check for late actions the payment is made after it was taken back', async () => {
    const off = await db.instance({ lateActions: false })
    const fields = fieldsOf()
    expect(outcomes(await off.deliver(delivered(Undone, fields), delivered(Paid, fields)))).toEqual([
      'succeeded',
      'succeeded',
    ])
    expect(await db.query('delete from payments where saga_id = $1 returning 1', [fields.sagaId])).toHaveLength(1)
    await db.query(`update accounts set balance = balance - 5 where account = 'ann'`)
    await db.query('delete from saga.saga_log where saga_id = $1', [fields.sagaId])
  })

  test('also when the compensation waited in the queue, with the action behind it', async () => {
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, throwing)
    expect(
      outcomes(await a.deliver(delivered(Noted, fields), delivered(Undone, fields), delivered(Paid, fields))),
    ).toEqual(['failed', 'parked', 'parked'])
    behaviour.clear()
    for (const outcome of ['succeeded', 'succeeded', 'late']) expect(outcomes(await a.runDue())).toEqual([outcome])
    expect(await db.query('select from payments where saga_id = $1', [fields.sagaId])).toEqual([])
  })

  test('an action ahead of it in the queue runs first, and is then undone', async () => {
    const fields = fieldsOf()
    behaviour.set(`note/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Noted, fields), delivered(Paid, fields), delivered(Undone, fields))
    behaviour.clear()
    for (let i = 0; i < 3; i++) expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['note: succeeded', 'pay: succeeded', 'undo pay: succeeded'])
    expect(await emitted(db, fields.sagaId)).toEqual(['Done', 'GivenBack'])
  })

  test.each([
    ['refused', () => refused('moved-on'), 'pay: skipped', 'late'],
    ['rejected', () => reject('no'), 'pay: rejected', 'duplicate'],
  ])('whose action was %s answers, and undoes nothing', async (_name, how, after, later) => {
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, how)
    await a.deliver(delivered(Paid, fields))
    behaviour.clear()
    expect(outcomes(await a.deliver(delivered(Undone, fields)))).toEqual(['succeeded'])
    expect(await fenceOf(db, fields.sagaId)).toEqual([after, 'undo pay: succeeded'])
    expect(outcomes(await a.deliver(delivered(Paid, fields)))).toEqual([later])
  })

  test.each([
    ['failed', 5, ['GivenBack']],
    ['dead', 1, ['dead', 'closed', 'GivenBack']],
  ])('closes an action that is %s, with its letter, and answers', async (status, maxAttempts, events) => {
    const b = await db.instance({}, { maxAttempts })
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    const paid = delivered(Paid, fields)
    expect(outcomes(await b.deliver(paid))).toEqual([status])
    expect(outcomes(await b.deliver(delivered(Undone, fields), paid))).toEqual(['succeeded', 'late'])
    expect(await emitted(db, fields.sagaId)).toEqual(events)
    expect(await queueOf(db, fields.sagaId)).toEqual([])
    const records = await db.query(`select partition from saga.outbox where saga_id = $1 and topic = 'ledger.dlq'`, [
      fields.sagaId,
    ])
    expect(new Set(records.map(row => row.partition)).size).toBeLessThanOrEqual(1)
  })

  test('the closed action stays closed even if the compensation itself then fails', async () => {
    const b = await db.instance({}, permanently)
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await b.deliver(delivered(Paid, fields))
    const undone = delivered(Undone, fields)
    const handler = { ...undone.reaction.handler, otherwise: throwing } as never
    expect(outcomes(await b.deliver({ ...undone, reaction: { ...undone.reaction, handler } }))).toEqual(['dead'])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['pay: skipped', 'undo pay: dead'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['dead undo pay'])
    // Two letters, whose partitions are their own.
    expect((await emitted(db, fields.sagaId)).toSorted()).toEqual(['closed', 'dead', 'dead'])
  })

  test('behind the closed action it takes its place behind every other unfinished message', async () => {
    const fields = fieldsOf()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields), delivered(Noted, fields))
    expect(outcomes(await a.deliver(delivered(Undone, fields)))).toEqual(['parked'])
    expect(await fenceOf(db, fields.sagaId)).toEqual(['pay: skipped'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['parked note', 'parked undo pay'])
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['timer ring'])
  })
})

describe('rule 14: what can only be a bug is dead at once, and never silent', () => {
  test.each([
    ['rejects', () => reject('no'), 'compensation-refused'],
    ['is refused', () => refused('no'), 'compensation-refused'],
  ])('a compensation that %s', async (_name, how, code) => {
    const fields = fieldsOf()
    await a.deliver(delivered(Paid, fields))
    behaviour.set(`undo pay/${fields.sagaId}`, how)
    expect(await a.deliver(delivered(Undone, fields))).toMatchObject([{ outcome: 'dead', code }])
    expect(await db.query('select from payments where saga_id = $1', [fields.sagaId])).toHaveLength(1)
  })

  test('a compensation that finds no payment where the fence says that it was made', async () => {
    const fields = fieldsOf()
    await a.deliver(delivered(Paid, fields))
    await db.query('delete from payments where saga_id = $1', [fields.sagaId])
    await db.query(`update accounts set balance = balance - 5 where account = 'ann'`)
    expect(await a.deliver(delivered(Undone, fields))).toMatchObject([{ outcome: 'dead', code: 'nothing-paid' }])
    await db.query('delete from saga.saga_log where saga_id = $1', [fields.sagaId])
  })

  test('an action that finds its payment made already', async () => {
    const fields = fieldsOf()
    await a.deliver(delivered(Paid, fields))
    await db.query('delete from saga.saga_log where saga_id = $1', [fields.sagaId])
    expect(await a.deliver(delivered(Paid, fields))).toMatchObject([{ outcome: 'dead', code: 'paid-twice' }])
    await db.query(`update saga.saga_log set status = 'succeeded' where saga_id = $1`, [fields.sagaId])
  })
})
