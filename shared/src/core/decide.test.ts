import { expect, test } from 'vitest'
import { after, PermanentError, reject, succeed } from '../kit.ts'
import { fields, rules, sagaId } from '../testing/decisions.fixture.ts'
import { delivered, newSagaId } from '../testing/delivered.fixture.ts'
import { Alarm, behaviour, Done, ledger, Noted, Paid, Undone } from '../testing/participant.fixture.ts'
import { decide } from './decide.ts'
import type { Loaded } from './decision.ts'
import { Saga } from './saga.ts'
import { loadedTable } from './views.ts'

const dayMs = 86_400_000
function loaded(): Loaded & { saga: Saga } {
  const saga = new Saga(sagaId, 'new')
  const payments = loadedTable('payments', 'sagaId', new Map([[sagaId, undefined]]))
  const accounts = loadedTable('accounts', 'account', new Map([['ann', undefined]]))
  const tables = new Map([
    ['payments', payments],
    ['accounts', accounts],
  ])
  return {
    saga,
    now: new Date(),
    seq: 7,
    sagas: new Map([[sagaId, saga]]),
    tables,
    turns: new Map(),
    random: () => 0.5,
  }
}
/** A note that emits this. */
function noting(...out: unknown[]) {
  behaviour.set('note', () => succeed(...out))
  const world = loaded()
  const decision = decide(rules, world, [delivered(Noted, fields)])
  behaviour.clear()
  return { decision, world, first: decision.decided[0]! }
}

test('a message is taken whole or not at all: what one emission spoils, the others do not outlive', () => {
  const tooLong = after(8 * dayMs, Alarm, { account: 'ann' })
  const { decision, world, first } = noting(Done(fields), after(1, Alarm, { account: 'ann' }), tooLong)
  expect(first).toMatchObject({ outcome: 'dead', code: 'timer-beyond-horizon' })
  expect(decision.outbox.map(row => row.topic)).toEqual(['ledger.dlq'])
  expect(world.saga.changes().waiting.map(row => row.kind)).toEqual(['dead'])
})

test.each([
  ['an event of another saga', [Done({ ...fields, sagaId: newSagaId() })], 'foreign-saga'],
  ['what its `emits` does not name', [{ type: 'Nobody' }], 'undeclared-emission'],
  ['a timer of no delay', [{ set: 'Alarm', delayMs: Number.NaN, data: {} }], 'timer-beyond-horizon'],
])('%s is a permanent error', (_name, out, code) => {
  expect(noting(...out).first).toMatchObject({ outcome: 'dead', code })
})

test('a no is said by an event that is declared as one: the choreography is checked by that', () => {
  const world = loaded()
  behaviour.set('note', () => reject('no', Done(fields)))
  const { decided } = decide(rules, world, [delivered(Noted, fields)])
  behaviour.clear()
  expect(decided).toMatchObject([{ outcome: 'dead', code: 'undeclared-rejection' }])
})

test('events of one step have derived ids, in the order of the outbox', () => {
  const { decision } = noting(Done(fields), Done(fields))
  expect(decision.outbox.map(row => row.headers.ce_id)).toEqual([`${sagaId}/note/action`, `${sagaId}/note/action/1`])
})

test('rule 17: a failed try is due after half of its backoff when the jitter says half', () => {
  behaviour.set('note', () => {
    throw new Error('cannot')
  })
  const world = loaded()
  decide(rules, world, [delivered(Noted, fields)])
  behaviour.clear()
  const [row] = world.saga.changes().waiting
  expect(row).toMatchObject({ kind: 'retry', attempts: 1, dueAtMs: world.now.getTime() + 500, seq: 7 })
})

test('what comes behind sees the puts of what succeeded, and not those of what failed', () => {
  const world = loaded()
  behaviour.set('pay', () => {
    throw new PermanentError('never', 'never')
  })
  const refused = decide(rules, world, [delivered(Paid, fields)])
  behaviour.clear()
  expect(refused.decided).toMatchObject([{ outcome: 'dead', code: 'never' }])
  expect([...world.tables.get('accounts')!.current.values()]).toEqual([undefined])
  const fresh = loaded()
  decide(rules, fresh, [delivered(Paid, fields)])
  expect(fresh.tables.get('accounts')!.current.get('ann')).toEqual({ account: 'ann', balance: 5 })
  expect(ledger.service).toBe(rules.service)
})

test('a step keeps what it changed of its saga’s own rows, seen from what came before it, and nothing of shared ones', () => {
  const world = loaded()
  decide(rules, world, [delivered(Paid, fields), delivered(Undone, fields)])
  const paid = { sagaId, account: 'ann', amount: 5 }
  expect(world.saga.fence('pay', 'action')!.images).toEqual([
    { table: 'payments', at: [7, 0], before: null, after: paid },
  ])
  expect(world.saga.fence('pay', 'compensation')!.images).toEqual([
    { table: 'payments', at: [7, 1], before: paid, after: null },
  ])
})

test('what a failed try has put is no change, and without SAGA_IMAGES nothing is kept', () => {
  const failing = loaded()
  behaviour.set('pay', () => succeed({ type: 'Nobody' } as never))
  decide(rules, failing, [delivered(Paid, fields)])
  behaviour.clear()
  expect(failing.saga.fence('pay', 'action')).not.toHaveProperty('images')
  const off = loaded()
  decide({ ...rules, keepsImages: false }, off, [delivered(Paid, fields)])
  expect(off.saga.fence('pay', 'action')).toMatchObject({ status: 'succeeded', images: [] })
})
