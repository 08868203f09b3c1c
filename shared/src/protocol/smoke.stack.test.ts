import { expect, test } from 'vitest'
import { delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { Paid, Undone } from '../testing/participant.fixture.ts'

test('pays once and gives back once', async () => {
  const db = await freshDatabase()
  const a = await db.instance()
  const sagaId = newSagaId()
  const fields = { sagaId, account: 'ann', amount: 5 }
  const paid = delivered(Paid, fields)
  expect((await a.deliver(paid)).map(d => d.outcome)).toEqual(['succeeded'])
  expect((await a.deliver(paid)).map(d => d.outcome)).toEqual(['duplicate'])
  expect(await db.query('select * from accounts')).toEqual([{ account: 'ann', balance: 5 }])
  const undone = delivered(Undone, fields)
  expect((await a.deliver(undone, undone)).map(d => d.outcome)).toEqual(['succeeded', 'duplicate'])
  expect(await db.query('select step, direction, status from saga.saga_log order by 1, 2')).toMatchObject([
    { status: 'succeeded' },
    { status: 'succeeded' },
  ])
  const fresh = newSagaId()
  expect(
    (
      await a.deliver(delivered(Undone, { ...fields, sagaId: fresh }), delivered(Paid, { ...fields, sagaId: fresh }))
    ).map(d => d.outcome),
  ).toEqual(['succeeded', 'late'])
  await db.close()
})
