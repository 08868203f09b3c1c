import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { after, cancel, succeed } from '../kit.ts'
import { findNextDue } from '../postgres/find-due.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { emitted, fenceOf, outcomes, queueOf } from '../testing/ledger-checks.fixture.ts'
import { Alarm, behaviour, Noted, NotedToo, Paid, refused } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())
afterEach(async () => {
  behaviour.clear()
  await db.query('delete from saga.waiting')
})
const throwing = () => {
  throw new Error('cannot')
}

/** A saga whose timer is due now. */
async function due() {
  const fields = { sagaId: newSagaId(), account: 'ann', amount: 5 }
  behaviour.set(`note/${fields.sagaId}`, () => succeed(after(0, Alarm, { account: 'ann' })))
  const a = await db.instance()
  expect(outcomes(await a.deliver(delivered(Noted, fields)))).toEqual(['succeeded'])
  behaviour.clear()
  return fields
}
const discardNote = (sagaId: string) =>
  db.query(`delete from saga.saga_log where saga_id = $1 and step = 'note'`, [sagaId])

describe('rule 30: firing takes the timer’s row away in its transaction', () => {
  test('two instances that have both read it fire it once', async () => {
    const { sagaId } = await due()
    const [a, b] = [await db.instance(), await db.instance()]
    const read = [await a.due(), await b.due()]
    const ends = await Promise.all([a.deliver(...read[0]!), b.deliver(...read[1]!)])
    expect(ends.flatMap(outcomes).sort()).toEqual(['gone', 'succeeded'])
    expect(await emitted(db, sagaId)).toEqual(['Done'])
    expect(await queueOf(db, sagaId)).toEqual([])
  })

  test.each([
    [true, ['gone'], []],
    [false, ['succeeded'], ['Done']],
  ])(
    'cancelled after it was read it does not fire; without the safeguard (%s) it does',
    async (timerFiresOnce, ends, events) => {
      const fields = await due()
      const a = await db.instance({ timerFiresOnce })
      const read = await a.due()
      await discardNote(fields.sagaId)
      expect(outcomes(await a.deliver(delivered(NotedToo, fields)))).toEqual(['succeeded'])
      expect(await queueOf(db, fields.sagaId)).toEqual([])
      expect(outcomes(await a.deliver(...read))).toEqual(ends)
      expect(await emitted(db, fields.sagaId)).toEqual(events)
    },
  )

  test('a fire that the state refuses is a stale timer, and is gone', async () => {
    const { sagaId } = await due()
    behaviour.set(`ring/${sagaId}`, () => refused('too-late'))
    const a = await db.instance()
    expect(outcomes(await a.runDue())).toEqual(['stale_timer'])
    expect(await fenceOf(db, sagaId)).toEqual(['note: succeeded', 'ring: refused'])
    expect(await queueOf(db, sagaId)).toEqual([])
  })

  test('until it fires nothing waits behind it', async () => {
    const fields = await due()
    const a = await db.instance()
    expect(outcomes(await a.deliver(delivered(Paid, fields)))).toEqual(['succeeded'])
  })

  test('due in a blocked saga it joins the queue where it fires, is not read again, and is due when the way is clear', async () => {
    const fields = await due()
    const a = await db.instance()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields))
    const [timerRow] = await db.query(`select seq from saga.waiting where saga_id = $1 and kind = 'timer'`, [
      fields.sagaId,
    ])
    await db.query(`update saga.waiting set due_at = now() + interval '1 h' where kind = 'retry'`)
    expect(outcomes(await a.runDue())).toEqual(['parked'])
    const [parked] = await db.query(`select seq, due_at from saga.waiting where saga_id = $1 and kind = 'parked'`, [
      fields.sagaId,
    ])
    expect(parked.due_at).toBeNull()
    expect(parked.seq).toBeGreaterThan(timerRow.seq)
    expect(await queueOf(db, fields.sagaId)).toEqual(['retry pay', 'parked ring'])
    expect(await a.due()).toEqual([])

    behaviour.clear()
    await db.query(`update saga.waiting set due_at = date_trunc('milliseconds', now()) where kind = 'retry'`)
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(await emitted(db, fields.sagaId)).toEqual(['Done', 'Done'])
  })

  test('refused from the queue it is a stale timer too', async () => {
    const fields = await due()
    const a = await db.instance()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields))
    await a.deliver(...(await a.due()).filter(d => d.message.type === 'Alarm'))
    expect(await queueOf(db, fields.sagaId)).toEqual(['retry pay', 'parked ring'])
    behaviour.clear()
    behaviour.set(`ring/${fields.sagaId}`, () => refused('too-late'))
    await a.runDue()
    expect(outcomes(await a.runDue())).toEqual(['stale_timer'])
  })

  test('parked, it is cancelled by what runs before it', async () => {
    const fields = await due()
    const a = await db.instance()
    behaviour.set(`pay/${fields.sagaId}`, throwing)
    await a.deliver(delivered(Paid, fields))
    await a.deliver(...(await a.due()).filter(d => d.message.type === 'Alarm'))
    await discardNote(fields.sagaId)
    behaviour.clear()
    behaviour.set('note', () => succeed(cancel(Alarm)))
    // The note stands before the timer, as it does when it came first and failed.
    await a.deliver(delivered(NotedToo, fields))
    await db.query(`update saga.waiting set seq = 0 where saga_id = $1 and step = 'note'`, [fields.sagaId])
    await db.query(`update saga.waiting set due_at = null where saga_id = $1 and step <> 'note'`, [fields.sagaId])
    await db.query(`update saga.waiting set due_at = '2026-01-01' where saga_id = $1 and step = 'note'`, [
      fields.sagaId,
    ])
    expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['retry pay'])
  })

  test('a timer that fails is retried, and holds up its saga meanwhile', async () => {
    const fields = await due()
    const a = await db.instance()
    behaviour.set(`ring/${fields.sagaId}`, throwing)
    expect(outcomes(await a.runDue())).toEqual(['failed'])
    expect(await queueOf(db, fields.sagaId)).toEqual(['retry ring'])
    expect(outcomes(await a.deliver(delivered(Paid, fields)))).toEqual(['parked'])
  })

  test('timers of blocked sagas starve nobody’s: however many there are, the due query gives what can run', async () => {
    const a = await db.instance()
    const [blocked, free] = [await due(), await due()]
    behaviour.set(`pay/${blocked.sagaId}`, throwing)
    await a.deliver(delivered(Paid, blocked))
    await db.query(`update saga.waiting set due_at = now() + interval '1 h' where kind = 'retry'`)
    await a.deliver(...(await a.due()).filter(d => d.sagaId === blocked.sagaId))
    expect((await a.due()).map(d => d.sagaId)).toEqual([free.sagaId])
  })

  test('it is known when the next one is due, so that at rest nobody looks before', async () => {
    expect(await findNextDue(db.pool)).toBe(Number.POSITIVE_INFINITY)
    const { sagaId } = await due()
    const dueIn = (interval: string) =>
      db.query(`update saga.waiting set due_at = now() + $2::interval where saga_id = $1`, [sagaId, interval])
    await dueIn('1 h')
    expect(await findNextDue(db.pool)).toBeGreaterThan(59 * 60_000)
    await dueIn('-1 s')
    expect(await findNextDue(db.pool)).toBeLessThanOrEqual(-1_000)
  })
})
