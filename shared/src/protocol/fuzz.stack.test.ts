import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Act } from '../core/act.ts'
import type { Safeguards } from '../core/safeguards.ts'
import { reject } from '../kit.ts'
import { type Database, delivered, freshDatabase, type Instance, newSagaId } from '../testing/engine.fixture.ts'
import { expectMoneyToAddUp, expectPaymentsToMatchTheFence } from '../testing/ledger-checks.fixture.ts'
import { Begin, behaviour, Noted, NotedToo, Paid, Undone } from '../testing/participant.fixture.ts'

const sagaCount = 3
const saga = fc.nat(sagaCount - 1)
const instance = fc.nat(1)
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      instance,
      messages: fc.array(fc.record({ saga, type: fc.constantFrom('Paid', 'Undone', 'Noted', 'NotedToo') }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('runDue' as const), instance }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('command' as const), instance, saga }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{
        do: fc.constant('act' as const),
        instance,
        saga,
        type: fc.constantFrom('Paid', 'Undone', 'Noted', 'NotedToo'),
      },
      ...{ act: fc.constantFrom('replay', 'discard', 'restore'), deaths: fc.integer({ min: 1, max: 2 }) },
    }),
  },
)
/** How many of a step's first runs in a saga end badly, and how. */
const trouble = fc.record({
  step: fc.constantFrom('pay', 'undo pay', 'note', 'ring'),
  saga,
  times: fc.integer({ min: 1, max: 4 }),
  how: fc.constantFrom('throw', 'reject'),
})
const types = { Paid, Undone, Noted, NotedToo }

async function setUp(safeguards: Partial<Safeguards>) {
  const db = await freshDatabase()
  const instances = [
    await db.instance(safeguards, { maxAttempts: 3 }),
    await db.instance(safeguards, { maxAttempts: 3 }),
  ]
  return { db, property: allIsWell(db, instances) }
}

function allIsWell(db: Database, instances: readonly Instance[]) {
  return fc.asyncProperty(
    fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
    fc.array(trouble, { maxLength: 5 }),
    async (rounds, troubles) => {
      behaviour.clear()
      const sagas = Array.from({ length: sagaCount }, () => newSagaId())
      const fields = (i: number) => ({ sagaId: sagas[i]!, account: `acc${i % 2}`, amount: i + 1 })
      // The same saga and type is the same message: a repeat is a duplicate delivery.
      const message = (i: number, type: keyof typeof types) =>
        delivered(types[type] as typeof Paid, fields(i), { id: `${sagas[i]}/${type}` })
      /** Whether or not such a letter is open: an operator may come late, or act on what was looked at long ago. */
      const ordered = (i: number, type: keyof typeof types, act: string, deaths: number): Act => {
        const read = message(i, type)
        const by = { letter: { id: read.id, sagaId: sagas[i]!, deaths }, operator: 'ann', plan: null }
        if (act === 'replay') return { act, ...by }
        if (act === 'discard') return { act, ...by, reason: 'no', force: true }
        return { act: 'restore', ...by, read, opens: true, request: null }
      }
      for (const { step, saga, times, how } of troubles) {
        let left = times
        behaviour.set(`${step}/${sagas[saga]}`, () => {
          if (left-- <= 0) return undefined
          // A compensation cannot reject, so there it is a permanent error.
          if (how === 'reject') return reject('no')
          throw new Error('cannot')
        })
      }
      for (const round of rounds)
        await Promise.all(
          round.map(a =>
            a.do === 'deliver'
              ? instances[a.instance]!.deliver(...a.messages.map(m => message(m.saga, m.type)))
              : a.do === 'runDue'
                ? instances[a.instance]!.runDue()
                : a.do === 'act'
                  ? instances[a.instance]!.act(ordered(a.saga, a.type, a.act, a.deaths))
                  : instances[a.instance]!.command(Begin, { ...fields(a.saga), amount: 0 }),
          ),
        )

      for (let i = 0; i < 40; i++) {
        await db.query(`update saga.waiting set due_at = '2026-01-01' where due_at is not null`)
        const ended = await Promise.all(instances.map(instance => instance.runDue()))
        if (ended.flat().length === 0) break
      }
      await expectMoneyToAddUp(db)
      await expectPaymentsToMatchTheFence(db)
      const stuck = await db.query(
        `select * from saga.waiting w where kind <> 'dead' and not (kind = 'parked' and due_at is null and exists (
           select from saga.waiting d where d.saga_id = w.saga_id and d.kind = 'dead' and (d.seq, d.n) < (w.seq, w.n)))`,
      )
      expect(stuck).toEqual([])
      const unfenced = await db.query(
        `select * from saga.saga_log l where status in ('failed', 'calling', 'dead')
           and not exists (select from saga.waiting w where w.saga_id = l.saga_id and w.step = l.step and w.direction = l.direction and w.kind = 'dead')`,
      )
      expect(unfenced).toEqual([])
      const twice = await db.query(
        `select saga_id, headers ->> 'ce_id' as id from saga.outbox where topic = 'ledger.events.v1' group by 1, 2 having count(*) > 1`,
      )
      expect(twice).toEqual([])
    },
  )
}

test('whatever comes, how often, in which order and to whom: money adds up, and nothing is left but what is dead or behind it', async () => {
  const { db, property } = await setUp({})
  await fc.assert(property, { numRuns: 60, endOnFailure: true })
  await db.close()
}, 240_000)

test.each([{ fence: false }, { lateActions: false }])('with %o it finds that it is not so', async safeguards => {
  const { db, property } = await setUp(safeguards)
  expect(await fc.check(property, { numRuns: 200, endOnFailure: true })).toMatchObject({ failed: true })
  await db.close()
})
