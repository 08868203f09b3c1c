import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Safeguards } from '../core/safeguards.ts'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { balanceOf, emitted, expectMoneyToAddUp, outcomes } from '../testing/ledger-checks.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { Followed, Peeked, Pointed, workshop, workshopTables } from '../testing/workshop.fixture.ts'

describe('rule 4: a row that was absent at load is saved by INSERT only', () => {
  let db: Database
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  /** Both find no account; then both go on to save. */
  async function twoFirstPayments(account: string, safeguards: Partial<Safeguards>) {
    const instances = [await db.instance(safeguards), await db.instance(safeguards)]
    const held = await db.hold('lock table saga.saga_log in share mode')
    const paid = instances.map((instance, i) =>
      instance.deliver(delivered(Paid, { sagaId: newSagaId(), account, amount: i === 0 ? 100 : 50 })),
    )
    await db.untilBlocked(2)
    await held.release()
    expect((await Promise.all(paid)).flatMap(outcomes)).toEqual(['succeeded', 'succeeded'])
    return instances.flatMap(instance => instance.errors)
  }

  test('of two first payments the second runs again, on what the first left', async () => {
    expect(await twoFirstPayments('ann', {})).toEqual(['23505'])
    expect(await balanceOf(db, 'ann')).toBe(150)
    await expectMoneyToAddUp(db)
  })

  test('without it one of the two is lost', async () => {
    expect(await twoFirstPayments('bob', { plainInsert: false })).toEqual([])
    expect([50, 100]).toContain(await balanceOf(db, 'bob'))
  })
})

describe('rule 5: keys that the batch itself brings up', () => {
  let db: Database
  beforeAll(async () => {
    db = await freshDatabase({ participant: workshop, tables: workshopTables })
  })
  afterAll(() => db.close())
  const of = { participant: workshop }

  async function pointedAndFollowed(account: string, safeguards: Partial<Safeguards>) {
    await db.query('insert into accounts values ($1, 10)', [account])
    const a = await db.instance(safeguards)
    const sagaId = newSagaId()
    const message = { sagaId, account: 'nobody', amount: 5 }
    const decided = await a.deliver(
      delivered(Pointed, { ...message, account }, of),
      delivered(Followed, message, of),
      delivered(Followed, message, of),
    )
    return { decided, sagaId }
  }

  test('such a message, and those of its saga behind it, run in a transaction that begins after this one', async () => {
    const { decided, sagaId } = await pointedAndFollowed('ann', {})
    expect(outcomes(decided)).toEqual(['succeeded', 'succeeded', 'duplicate'])
    expect(await balanceOf(db, 'ann')).toBe(15)
    const written = await db.query('select distinct created_at from saga.saga_log where saga_id = $1', [sagaId])
    expect(written).toHaveLength(2)
    expect(await emitted(db, sagaId)).toEqual(['Done'])
  })

  test('without it the message decides on a row that nobody has read: it says that there is no account', async () => {
    const { decided } = await pointedAndFollowed('bob', { nextRound: false })
    expect(outcomes(decided)).toEqual(['succeeded', 'rejected', 'duplicate'])
  })

  test('a key that another message of the batch has only looked up is not locked yet: it is brought up too', async () => {
    await db.query(`insert into accounts values ('cid', 10)`)
    const a = await db.instance()
    const sagaId = newSagaId()
    const held = await db.hold('lock table saga.saga_log in share mode')
    const delivering = a.deliver(
      delivered(Peeked, { sagaId: newSagaId(), account: 'cid', amount: 0 }, of),
      delivered(Pointed, { sagaId, account: 'cid', amount: 0 }, of),
      delivered(Followed, { sagaId, account: 'nobody', amount: 5 }, of),
    )
    await db.untilBlocked(1)
    // Somebody else's deposit, between this batch's look and its save.
    await db.query(`update accounts set balance = balance + 100 where account = 'cid'`)
    await held.release()
    expect(outcomes(await delivering)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    expect(await balanceOf(db, 'cid')).toBe(115)
  })

  /** Follows, with other `reads` than its reaction has. */
  async function followBy(keys: () => string[]) {
    const follow = delivered(Followed, { sagaId: newSagaId(), account: 'ann', amount: 1 }, of)
    const reads = follow.reaction.reads.map(read => ({ ...read, keys }))
    return (await db.instance()).deliver({ ...follow, reaction: { ...follow.reaction, reads } })
  }

  test('reading a key that was not declared throws, and the message is dead', async () => {
    const other = newSagaId()
    expect(await followBy(() => [other])).toMatchObject([{ outcome: 'dead', code: 'undeclared-key' }])
  })

  test('keys that differ each time they are asked for end in a letter, not in rounds without end', async () => {
    expect(await followBy(() => [newSagaId()])).toMatchObject([{ outcome: 'dead', code: 'keys-not-stable' }])
  })
})
