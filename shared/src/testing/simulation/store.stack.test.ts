import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Act } from '../../core/act.ts'
import { reject } from '../../kit.ts'
import { delivered, newSagaId } from '../engine.fixture.ts'
import { Begin, behaviour, ledger, Noted, NotedToo, Paid, Undone } from '../participant.fixture.ts'
import { postgresStore } from './postgres-store.fixture.ts'
import { type ContractInstance, type ContractStore, simulatedStore } from './simulated-instance.fixture.ts'
import { outboxOf, standingOf, storeContract, unreadable } from './store-contract.fixture.ts'

storeContract(postgresStore)

const types = { Paid, Undone, Noted, NotedToo }
const type = fc.constantFrom<keyof typeof types>('Paid', 'Undone', 'Noted', 'NotedToo')
const saga = fc.nat(2)
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      messages: fc.array(fc.record({ saga, type }), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('runDue' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bury' as const), offset: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ do: fc.constant('close' as const), offset: fc.nat(1), as: fc.constantFrom('replay', 'discard') },
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('command' as const), saga, key: fc.constantFrom('a', 'b') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('act' as const), saga, type, deaths: fc.integer({ min: 1, max: 2 }) },
      act: fc.constantFrom('replay', 'discard', 'restore'),
    }),
  },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never
const trouble = fc.record({
  ...{ step: fc.constantFrom('pay', 'undo pay', 'note', 'ring'), saga, times: fc.integer({ min: 1, max: 4 }) },
  how: fc.constantFrom('throw', 'reject'),
})

/** Does one thing in one store, and tells what came of it and how everything stands. */
async function tell(
  { store, instance }: { readonly store: ContractStore; readonly instance: ContractInstance },
  sagas: readonly string[],
  o: Operation,
) {
  const fields = (i: number) => ({ sagaId: sagas[i]!, account: `account${i % 2}`, amount: i + 1 })
  const message = (i: number, name: keyof typeof types) =>
    delivered(types[name] as typeof Paid, fields(i), { id: `${sagas[i]}/${name}` })
  const run = async (): Promise<unknown> => {
    switch (o.do) {
      case 'deliver':
        return (await instance.deliver(...o.messages.map(m => message(m.saga, m.type)))).map(({ outcome }) => outcome)
      case 'runDue':
        await store.makeDue()
        return (await instance.runDue()).map(({ outcome }) => outcome).toSorted()
      case 'acknowledge':
        return instance.acknowledged.add(instance.published)
      case 'bury':
        return instance.bury(unreadable(`${sagas[0]}/0/${o.offset}`))
      case 'close': {
        const letter = { id: `${sagas[0]}/0/${o.offset}`, sagaId: null, deaths: 1 }
        const by = { letter, operator: 'ann', plan: null }
        const act: Act =
          o.as === 'replay' ? { act: 'replay', ...by } : { act: 'discard', ...by, reason: 'no', force: true }
        return (await instance.act(act)).map(({ result }) => result)
      }
      case 'command':
        return instance.command(Begin, { ...fields(o.saga), amount: 0 }, { key: `${sagas[o.saga]}${o.key}` })
      case 'act': {
        const read = message(o.saga, o.type)
        const by = { letter: { id: read.id, sagaId: sagas[o.saga]!, deaths: o.deaths }, operator: 'ann', plan: null }
        const act: Act =
          o.act === 'replay'
            ? { act: 'replay', ...by }
            : o.act === 'discard'
              ? { act: 'discard', ...by, reason: 'no', force: true }
              : { act: 'restore', ...by, read, opens: true, request: null }
        return (await instance.act(act)).map(({ result }) => result)
      }
    }
  }
  const came = await run()
  return {
    came,
    sagas: await Promise.all(sagas.map(async id => standingOf(await store.saga(id)))),
    images: await Promise.all(sagas.map(id => store.images(id))),
    outbox: await outboxOf(store),
    // Those of earlier runs stand there too, alike.
    accounts: (await store.rows('accounts')).toSorted((a, b) => (String(a.account) < String(b.account) ? -1 : 1)),
    payments: (await store.rows('payments')).toSorted((a, b) => (String(a.sagaId) < String(b.sagaId) ? -1 : 1)),
  }
}

test('whatever is done to both, the simulated store and PostgreSQL stand alike, row by row', async () => {
  const [real, simulated] = [await postgresStore(), await simulatedStore(ledger)]
  const both = [
    { store: real, instance: await real.instance() },
    { store: simulated, instance: await simulated.instance() },
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 12 }),
      fc.array(trouble, { maxLength: 4 }),
      async (operations, troubles) => {
        const sagas = Array.from({ length: 3 }, () => newSagaId())
        const left = both.map(() => troubles.map(({ times }) => times))
        let turn = 0
        behaviour.clear()
        troubles.forEach(({ step, saga: i, how }, nth) => {
          behaviour.set(`${step}/${sagas[i]}`, () => {
            if (left[turn]![nth]!-- <= 0) return undefined
            if (how === 'reject') return reject('no')
            throw new Error('cannot')
          })
        })
        for (const o of operations) {
          const told = []
          for (turn = 0; turn < both.length; turn++) told.push(await tell(both[turn]!, sagas, o))
          expect(told[1]).toEqual(told[0])
        }
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
  behaviour.clear()
  for (const { store } of both) await store.close()
})
