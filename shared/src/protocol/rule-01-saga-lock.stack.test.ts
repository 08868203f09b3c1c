import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Safeguards } from '../core/safeguards.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { expectMoneyToAddUp, outcomes, queueOf } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Noted, Paid } from '../testing/participant.fixture.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

/** A retries the payment and is stopped before it saves; B gets the note that comes behind the payment. */
async function retryMeetsFollower(safeguards: Partial<Safeguards>, account: string) {
  const [a, b] = [await db.instance(safeguards), await db.instance(safeguards)]
  const sagaId = newSagaId()
  const fields = { sagaId, account, amount: 5 }
  await db.query('insert into accounts values ($1, 0)', [account])
  behaviour.set(`pay/${sagaId}`, () => {
    throw new Error('not yet')
  })
  expect(outcomes(await a.deliver(delivered(Paid, fields)))).toEqual(['failed'])
  behaviour.delete(`pay/${sagaId}`)

  const held = await db.hold('select from accounts where account = $1 for update', [account])
  const retried = a.runDue()
  await db.untilBlocked(1)
  const followed = b.deliver(delivered(Noted, fields))
  return { sagaId, retried, followed, held, b }
}

describe('rule 1: a saga is locked before anything of it is read', () => {
  test('a message that comes while the one ahead of it is retried waits for that one, and runs', async () => {
    const { sagaId, retried, followed, held } = await retryMeetsFollower({}, 'ann')
    await db.untilBlocked(2)
    await held.release()
    expect([outcomes(await retried), outcomes(await followed)]).toEqual([['succeeded'], ['succeeded']])
    expect(await queueOf(db, sagaId)).toEqual(['timer ring'])
    await expectMoneyToAddUp(db)
  })

  test('without it the message is parked behind one that is done, for ever', async () => {
    const { sagaId, retried, followed, held, b } = await retryMeetsFollower({ sagaLock: false }, 'bob')
    expect(outcomes(await followed)).toEqual(['parked'])
    await held.release()
    expect(outcomes(await retried)).toEqual(['succeeded'])
    expect(await queueOf(db, sagaId)).toEqual(['parked note'])
    expect(await b.due()).toEqual([])
  })
})
