import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Act } from '../core/act.ts'
import { topicSpecs } from '../kafka/topic-specs.ts'
import { purgeKeys, purgeSagas } from '../postgres/purge.ts'
import { deriveHorizon } from '../runtime/horizon.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { emitted, expectMoneyToAddUp, fenceOf, queueOf } from '../testing/ledger-checks.fixture.ts'
import { behaviour, Paid, TopUp, Undone } from '../testing/participant.fixture.ts'

const dayMs = 86_400_000
const horizonMs = 15 * dayMs
let db: Database
let a: Instance
beforeAll(async () => {
  db = await freshDatabase()
  a = await db.instance()
})
afterAll(() => db.close())
afterEach(async () => {
  behaviour.clear()
  await expectMoneyToAddUp(db)
})
const purge = async (o: { onlyFinished?: boolean } = {}) =>
  (await purgeSagas(a.store.pool, { horizonMs, limit: 100, ...o })).forgotten
const isKnown = async (sagaId: string) =>
  (await db.query('select from saga.sagas where saga_id = $1', [sagaId])).length === 1

/** A saga that began, and was last touched, before the horizon. Its delivery is told of it while it was young. */
async function oldSaga(o: { fails?: boolean; published?: boolean; daysAgo?: number } = {}) {
  const sagaId = newSagaId(Date.now() - (o.daysAgo ?? 16) * dayMs)
  await db.query('insert into saga.sagas (saga_id, partition) values ($1, 0)', [sagaId])
  if (o.fails)
    behaviour.set(`pay/${sagaId}`, () => {
      throw new Error('cannot')
    })
  const paid = delivered(Paid, { sagaId, account: 'ann', amount: 5 })
  await a.deliver(paid)
  await db.query(`update saga.sagas set created_at = created_at - interval '16 days' where saga_id = $1`, [sagaId])
  await db.query(`update saga.saga_log set updated_at = updated_at - interval '16 days' where saga_id = $1`, [sagaId])
  if (o.published ?? true) await db.query('delete from saga.outbox where saga_id = $1', [sagaId])
  return { sagaId, paid }
}

describe('rule 34: a saga is forgotten whole, past the horizon, with nothing left to do', () => {
  test('old and done: forgotten; its log goes with it', async () => {
    const { sagaId } = await oldSaga()
    expect(await purge()).toBe(1)
    expect([await isKnown(sagaId), await fenceOf(db, sagaId)]).toEqual([false, []])
  })

  test('old with a message waiting or an event to publish, or touched not long ago: kept', async () => {
    const waiting = await oldSaga({ fails: true })
    const unpublished = await oldSaga({ published: false })
    const touched = await oldSaga()
    await a.deliver(delivered(Undone, { sagaId: touched.sagaId, account: 'ann', amount: 5 }))
    await db.query('delete from saga.outbox where saga_id = $1', [touched.sagaId])
    expect(await purge()).toBe(0)
    for (const { sagaId } of [waiting, unpublished, touched]) expect(await isKnown(sagaId)).toBe(true)

    // Without it the fence of a message that is still to be retried is gone.
    expect(await purge({ onlyFinished: false })).toBe(2)
    expect(await queueOf(db, waiting.sagaId)).toEqual(['retry pay'])
    expect(await fenceOf(db, waiting.sagaId)).toEqual([])
    await db.query(
      'delete from saga.waiting; delete from saga.outbox; delete from saga.sagas; delete from saga.saga_log',
    )
  })

  test('those that must be kept do not stand in the way of the others', async () => {
    for (let i = 0; i < 3; i++) await oldSaga()
    await db.query('update saga.saga_log set updated_at = now()')
    const { sagaId } = await oldSaga()
    const ranges = []
    let after: string | undefined
    do {
      const { forgotten, last } = await purgeSagas(a.store.pool, { horizonMs, limit: 2, after })
      ranges.push(forgotten)
      after = last
    } while (after !== undefined)
    expect(ranges.filter(forgotten => forgotten > 0)).toEqual([1])
    expect(await isKnown(sagaId)).toBe(false)
  })

  test('the oldest that can come is known; from behind the horizon it is a letter that says why', async () => {
    const own = { ...{ service: 'ledger', eventsTopic: 'ledger.events.v1' }, partitions: 1, replicationFactor: 1 }
    const horizon = deriveHorizon({ topics: new Map(topicSpecs(own).map(topic => [topic.name, topic])) })
    const kit = await db.instance({}, { horizon })
    const purgeDerived = async () => {
      const { forgotten } = await purgeSagas(a.store.pool, { ...horizon, limit: 100 })
      return [forgotten, await purgeKeys(a.store.pool, horizon.horizonMs, 100)]
    }
    const { sagaId, paid } = await oldSaga({ daysAgo: 100 })
    await db.query(`update saga.sagas set created_at = now() - interval '100 days' where saga_id = $1`, [sagaId])
    // To a saga that began so long ago, a letter is restored only if it is known.
    const letter = { id: paid.id, sagaId, deaths: 1 }
    const restore: Act = {
      act: 'restore',
      letter,
      read: paid,
      opens: false,
      request: null,
      operator: 'ann',
      plan: null,
    }
    const topUp = () => kit.command(TopUp, { account: 'bob', amount: 1 }, { key: 'repeated' })
    await topUp()
    const touched = async (agoMs: number) => {
      const ago = `now() - $1 * interval '1 ms'`
      await db.query(`update saga.saga_log set updated_at = ${ago} where saga_id = $2`, [agoMs, sagaId])
      await db.query(`update saga.idempotency_keys set created_at = ${ago}`, [agoMs])
    }

    // Its last step set a timer of a month; what that one did is dead, and restored a last time before the topic of letters,
    // which keeps them for a month, forgets their segment of a week.
    await touched((30 + 30 + 7) * dayMs)
    expect(await purgeDerived()).toEqual([0, 0])
    expect(await kit.act(restore)).toMatchObject([{ result: 'already' }])
    expect(await kit.deliver(paid)).toMatchObject([{ outcome: 'duplicate' }])
    expect(await topUp()).toMatchObject({ answer: { balance: 1 } })

    await touched(horizon.horizonMs - 60_000)
    expect(await purgeDerived()).toEqual([0, 0])

    await touched(horizon.horizonMs + 60_000)
    expect(await purgeDerived()).toEqual([1, 1])
    expect(await kit.act(restore)).toMatchObject([{ result: 'beyond-horizon' }])
    expect(await kit.deliver(paid)).toMatchObject([{ outcome: 'dead', code: 'beyond-horizon' }])
    // Whoever repeats a request now makes a new one.
    expect(await topUp()).toMatchObject({ answer: { balance: 2 } })
    await db.query(`delete from accounts where account = 'bob'`)
    await db.query('delete from saga.waiting; delete from saga.outbox; delete from saga.idempotency_keys')
  })

  test('a message that comes while its saga is being purged opens it anew, with nothing half forgotten', async () => {
    const { sagaId, paid } = await oldSaga()
    // The purge has deleted and not committed; the message has found the row and waits for its lock.
    const purging = await db.hold('delete from saga.sagas where saga_id = $1', [sagaId])
    await purging.client.query('delete from saga.saga_log where saga_id = $1', [sagaId])
    const delivering = a.deliver(paid)
    await db.untilBlocked(1)
    await purging.release()
    // The fence is gone: it can no longer tell a second copy from a first, and says so in a letter.
    expect(await delivering).toMatchObject([{ outcome: 'dead', code: 'beyond-horizon' }])
    expect(await emitted(db, sagaId)).toEqual(['dead'])
    await db.query('delete from saga.waiting; delete from saga.outbox')
  })

  test('a message that has locked its saga before the purge looks: the purge passes it over', async () => {
    const { sagaId } = await oldSaga()
    const held = await db.hold('select from saga.sagas where saga_id = $1 for update', [sagaId])
    expect(await purge()).toBe(0)
    await held.release()
    expect(await isKnown(sagaId)).toBe(true)
    expect(await purge()).toBe(1)
  })

  test('what committed after its first statement looked is seen by its second', async () => {
    const { sagaId } = await oldSaga()
    const pool = {
      connect: async () => {
        const client = await a.store.pool.connect()
        return {
          release: () => client.release(),
          query: async (text: string, values: unknown[]) => {
            if (text.startsWith('delete from saga.sagas'))
              await db.query(
                `insert into saga.waiting (message_id, kind, saga_id, partition, seq, n, headers) values ('m', 'dead', $1, 0, 1, 0, '{}')`,
                [sagaId],
              )
            return client.query(text, values)
          },
        }
      },
    }
    expect((await purgeSagas(pool as never, { horizonMs, limit: 100 })).forgotten).toBe(0)
    expect(await isKnown(sagaId)).toBe(true)
    await db.query('delete from saga.waiting')
  })

  test('a message of an unknown saga beyond the horizon is a letter, once, and its compensation waits for the operator', async () => {
    const fields = { sagaId: newSagaId(Date.now() - horizonMs - dayMs), account: 'ann', amount: 5 }
    const paid = delivered(Paid, fields)
    expect(await a.deliver(paid, paid, delivered(Undone, fields))).toMatchObject([
      { outcome: 'dead', code: 'beyond-horizon' },
      { outcome: 'duplicate' },
      // The payment may have been made and forgotten: answering that there was nothing to give back could be a lie.
      { outcome: 'parked' },
    ])
    expect(await emitted(db, fields.sagaId)).toEqual(['dead'])
    expect(await db.query('select from payments where saga_id = $1', [fields.sagaId])).toEqual([])
  })

  test('Idempotency-Keys are kept as long', async () => {
    await a.command(TopUp, { account: 'bob', amount: 1 }, { key: 'old' })
    await a.command(TopUp, { account: 'bob', amount: 1 }, { key: 'new' })
    await db.query(`update saga.idempotency_keys set created_at = created_at - interval '16 days' where key = 'old'`)
    expect(await purgeKeys(a.store.pool, horizonMs, 100)).toBe(1)
    expect(await db.query('select key from saga.idempotency_keys')).toEqual([{ key: 'new' }])
    await db.query(`delete from accounts where account = 'bob'`)
  })
})
