import { describe, expect, test } from 'vitest'
import { delivered, newSagaId } from '../testing/delivered.fixture.ts'
import { type Noted, Paid, Undone } from '../testing/participant.fixture.ts'
import { type Act, takeActs } from './act.ts'
import { Decision } from './decision.ts'
import type { Rules } from './rules.ts'
import { everySafeguard, type Safeguards } from './safeguards.ts'
import { type LogRow, Saga, type Status, type WaitingKind, type WaitingRow } from './saga.ts'

const sagaId = newSagaId()
const me = 'me'
const by = { letter: { id: me, sagaId, deaths: 2 }, operator: 'ann', plan: 'p' }
const replay: Act = { act: 'replay', ...by }
const discard: Act = { act: 'discard', ...by, reason: 'settled by hand', force: false }
const forced: Act = { ...discard, force: true }

const log = (status: Status, o: Partial<LogRow> = {}): LogRow => ({
  ...{ step: 'pay', direction: 'action', status, messageId: me, messageType: 'Paid', body: null },
  ...{ errorCode: 'never', attempts: 5, endedIds: [], ...o },
})
const row = (id: string, kind: WaitingKind, seq: number, o: Partial<WaitingRow> = {}): WaitingRow => ({
  ...{ id, kind, messageType: 'Noted', seq, n: 0, step: 'note', direction: 'action', dueAtMs: null, attempts: 5 },
  ...{ deaths: 2, firstFailedAtMs: 1, errorCode: 'never', errorMessage: 'never', request: null, envelope: undefined },
  ...o,
})
const dead = (o: Partial<WaitingRow> = {}) => row(me, 'dead', 1, o)
const ofPay = { step: 'pay', messageType: 'Paid' } as const

function take(act: Act, saga: Saga, safeguards: Partial<Safeguards> = {}) {
  const rules: Rules = {
    ...{
      service: 'ledger',
      settings: {},
      letterTopic: 'ledger.dlq',
      keepsImages: true,
      timers: new Map(),
      reactsTo: new Set(['Noted', 'Paid']),
      owesNothing: new Set(['Noted']),
    },
    ...{ horizonMs: 1_000, longestTimerMs: 1_000, callGraceMs: 1_000, partitionOf: () => 0 },
    retry: { maxAttempts: 5, baseDelayMs: 1, maxDelayMs: 1 },
    safeguards: { ...everySafeguard, ...safeguards },
    encode: () => {
      throw new Error('an act publishes no event')
    },
  }
  const now = new Date()
  const sagas = new Map([[sagaId, saga]])
  const loaded = { now, seq: 9, sagas, tables: new Map(), turns: new Map(), random: () => 0 }
  const decision = new Decision(rules, loaded)
  takeActs(decision, [act], new Map())
  const { result, detail, forced } = decision.acted[0]!
  const markers = decision.outbox.map(
    ({ headers }) => `${headers['dlq-status'] as string} ${headers['dlq-deaths'] as string}`,
  )
  return { result, detail, forced, markers, changes: saga.changes(), nowMs: now.getTime(), woke: decision.woke }
}
const known = (fence: LogRow[], queue: WaitingRow[]) => new Saga(sagaId, 'known', fence, queue)

describe('rule 19: replay', () => {
  test('the dead message is due now with all its tries, its step failed, its letter no longer open', () => {
    const saga = known([log('dead', { step: 'note' })], [dead(), row('behind', 'parked', 2)])
    const { result, markers, changes, nowMs, woke } = take(replay, saga)
    expect([result, markers, woke]).toEqual(['done', ['replayed 2'], true])
    expect(changes.waiting).toEqual([{ ...dead(), kind: 'retry', attempts: 0, dueAtMs: nowMs }])
    expect(changes.log).toEqual([log('failed', { step: 'note', attempts: 0 })])
  })

  test('what a compensation must not close stays so: the cause is kept until it has run', () => {
    const { changes } = take(replay, known([log('dead', { step: 'note', errorCode: 'beyond-horizon' })], [dead()]))
    expect(changes.log).toMatchObject([{ status: 'failed', errorCode: 'beyond-horizon' }])
  })

  test('the request of a call in doubt is kept, so that the same call is repeated', () => {
    const { changes } = take(replay, known([], [dead({ request: { value: 7 } })]))
    expect(changes.waiting).toMatchObject([{ kind: 'retry', request: { value: 7 } }])
  })

  test.each([
    ['it has died anew', [], [dead({ deaths: 3 })], 'changed'],
    ['the row tells of an earlier death', [], [dead({ deaths: 1 })], 'changed'],
    ['it is being tried', [], [row(me, 'retry', 1, { dueAtMs: 1 })], 'already'],
    ['its call is under way', [], [row(me, 'calling', 1, { dueAtMs: 1 })], 'already'],
    ['it has ended', [log('succeeded')], [], 'already'],
    [
      'it was discarded, and another event did the step',
      [log('succeeded', { messageId: 'x', endedIds: [me] })],
      [],
      'already',
    ],
    [
      'another message of its step is at it',
      [log('failed', { messageId: 'x' })],
      [row('x', 'retry', 1, { dueAtMs: 1 })],
      'unknown',
    ],
    ['nothing is known of it', [], [], 'unknown'],
    ['a release took its reaction away', [log('dead')], [dead({ messageType: 'Forgotten' })], 'unreadable'],
  ] as const)('%s: nothing changes', (_name, fence, queue, result) => {
    const taken = take(replay, known([...fence], [...queue]))
    expect(taken).toMatchObject({ result, markers: [], changes: { log: [], waiting: [], waitingDeleted: [] } })
  })

  test('without the comparison a new death is replayed unseen', () =>
    expect(take(replay, known([], [dead({ deaths: 3 })]), { deathsGuard: false }).result).toBe('done'))
})

describe('rule 20: discard', () => {
  test('the message is gone, its step is discarded by its id, and the next one is due', () => {
    const saga = known([log('dead', { step: 'note', endedIds: ['x'] })], [dead(), row('behind', 'parked', 2)])
    const { result, markers, changes, nowMs, forced } = take(discard, saga)
    expect([result, markers, forced]).toEqual(['done', ['discarded 2'], false])
    expect(changes.waitingDeleted).toEqual([me])
    expect(changes.waiting).toMatchObject([{ id: 'behind', dueAtMs: nowMs }])
    expect(changes.log).toMatchObject([{ step: 'note', status: 'discarded', messageId: me, endedIds: ['x', me] }])
  })

  const needing: [string, Partial<WaitingRow>, RegExp][] = [
    ['a compensation', { direction: 'compensation', ...ofPay }, /would stay as it is/],
    ['a step that owes an event', ofPay, /others may wait/],
    ['a step to which nothing reacts any more', { messageType: 'Forgotten' }, /others may wait/],
    ['a call in doubt', { request: { value: 1 } }, /may have happened/],
  ]
  test.each(needing)('%s needs force, and with it leaves that on record', (_name, o, why) => {
    const refused = take(discard, known([], [dead(o)]))
    expect(refused).toMatchObject({ result: 'needs-force', markers: [], changes: { log: [], waitingDeleted: [] } })
    expect(refused.detail).toMatch(why)
    expect(take(forced, known([], [dead(o)]))).toMatchObject({ result: 'done', forced: true })
    expect(take(discard, known([], [dead(o)]), { discardNeedsForce: false }).result).toBe('done')
  })

  test('force that was not needed is not on record', () =>
    expect(take(forced, known([], [dead()]))).toMatchObject({ result: 'done', forced: false }))

  test.each([
    ['it has died anew', [], [dead({ deaths: 3 })], 'changed'],
    ['it was replayed meanwhile', [], [row(me, 'retry', 1, { dueAtMs: 1 })], 'changed'],
    ['it was discarded before', [log('discarded', { endedIds: [me] })], [], 'already'],
    ['it succeeded meanwhile', [log('succeeded')], [], 'already'],
    ['nothing is known of it', [], [], 'unknown'],
  ] as const)('%s: nothing changes', (_name, fence, queue, result) => {
    const taken = take(forced, known([...fence], [...queue]))
    expect(taken).toMatchObject({ result, markers: [], changes: { log: [], waiting: [], waitingDeleted: [] } })
  })
})

describe('rule 19: restore', () => {
  const fields = { sagaId, account: 'ann', amount: 5 }
  const of = (type: typeof Paid | typeof Undone | typeof Noted): Act => ({
    ...{ act: 'restore', ...by, opens: true, request: null },
    read: delivered(type as typeof Paid, fields, { id: me }),
  })

  test('the message stands at the end of its queue, due if it is alone, and dies anew under the next number', () => {
    const { result, markers, changes, nowMs } = take(of(Paid), new Saga(sagaId, 'new'))
    expect([result, markers]).toEqual(['done', ['replayed 2']])
    expect(changes.waiting).toMatchObject([{ id: me, kind: 'parked', deaths: 2, attempts: 0, dueAtMs: nowMs, seq: 9 }])
    expect(changes.waiting[0]!.envelope!.body).toBeInstanceOf(Buffer)
    expect(changes.log).toEqual([])
  })

  test('a call that had begun before its message died is in doubt still', () => {
    const { changes } = take({ ...of(Paid), request: { value: 7 } } as Act, new Saga(sagaId, 'new'))
    expect(changes.waiting).toMatchObject([{ id: me, kind: 'parked', request: { value: 7 } }])
  })

  test('behind an unfinished message it waits', () => {
    const saga = known([log('dead', { messageId: 'x' })], [row('x', 'dead', 1, ofPay)])
    const { result, changes } = take(of(Paid), saga)
    expect(result).toBe('done')
    expect(changes.waiting).toMatchObject([{ id: me, kind: 'parked', dueAtMs: null }])
    expect(changes.log).toEqual([])
  })

  test('a compensation closes the dead action that it would wait for (rule 12)', () => {
    const saga = known([log('dead', { messageId: 'x' })], [row('x', 'dead', 1, ofPay)])
    const { markers, changes, nowMs } = take(of(Undone), saga)
    expect(markers).toEqual(['closed 2', 'replayed 2'])
    expect(changes.waiting).toMatchObject([{ id: me, dueAtMs: nowMs }])
    expect(changes.log).toMatchObject([{ direction: 'action', status: 'skipped' }])
  })

  test.each([
    ['it has ended', [log('succeeded')], [], 'already'],
    ['its compensation came', [log('skipped')], [], 'already'],
    ['it was refused', [log('refused', { endedIds: [me] })], [], 'already'],
    ['it is parked', [], [row(me, 'parked', 1, { dueAtMs: 1 })], 'already'],
    ['it is dead: it must be looked at', [], [dead()], 'changed'],
  ] as const)('%s: nothing changes', (_name, fence, queue, result) => {
    const taken = take(of(Paid), known([...fence], [...queue]))
    expect(taken).toMatchObject({ result, markers: [], changes: { log: [], waiting: [], waitingDeleted: [] } })
  })

  test('of a saga that may have been forgotten it is refused', () =>
    expect(take(of(Paid), new Saga(sagaId, 'none')).result).toBe('beyond-horizon'))
  test('a message that is nobody’s here is not taken', () =>
    expect(take({ act: 'restore', ...by, opens: true, request: null }, new Saga(sagaId, 'new')).result).toBe(
      'unreadable',
    ))
})

describe('what does not happen is explained', () => {
  const fields = { sagaId, account: 'ann', amount: 5 }
  const restore: Act = { act: 'restore', ...by, opens: true, request: null, read: delivered(Paid, fields, { id: me }) }
  const { read: _, ...unread } = restore
  const retrying = [row(me, 'retry', 1, { dueAtMs: 1 })]
  const diedAnew = 'it has died 3 times; the letter that was looked at is of death 2'
  const nobody = 'nothing here reacts to it any more'
  test.each<[string, Act, LogRow[], WaitingRow[], string]>([
    ['replay', replay, [], retrying, 'it stands here as retry'],
    ['replay', replay, [log('succeeded')], [], 'its step ended succeeded'],
    ['replay', replay, [], [dead({ deaths: 3 })], diedAnew],
    ['replay', replay, [], [dead({ messageType: 'Forgotten' })], nobody],
    ['discard', discard, [], retrying, 'it is not dead: it stands here as retry'],
    ['discard', discard, [log('discarded', { endedIds: [me] })], [], 'its step ended discarded'],
    ['discard', discard, [], [dead({ deaths: 3 })], diedAnew],
    ['restore', restore, [], [dead()], 'it stands dead here; look again'],
    ['restore', restore, [], retrying, 'it stands here as retry'],
    ['restore', restore, [log('succeeded')], [], 'it would end as duplicate'],
    ['restore', restore, [log('skipped', { messageId: 'x' })], [], 'it would end as late'],
    ['restore', unread as Act, [], [], nobody],
  ])('%s', (_name, act, fence, queue, detail) => expect(take(act, known(fence, queue)).detail).toBe(detail))
  test('of a saga that may have been forgotten', () =>
    expect(take(restore, new Saga(sagaId, 'none')).detail).toBe(
      'its saga began more than 1000 ms ago and is unknown here: that it was done may have been forgotten',
    ))
  test('what is done needs no words', () => expect(take(replay, known([], [dead()])).detail).toBeNull())
})

test('a replay leaves the row of its step alone when that tells of another message', () => {
  const { changes, result } = take(replay, known([log('failed', { step: 'note', messageId: 'x' })], [dead()]))
  expect([result, changes.log]).toEqual(['done', []])
})
test('the first message of a step that is discarded is all that it has ended', () =>
  expect(take(discard, known([], [dead()])).changes.log).toMatchObject([{ endedIds: [me], attempts: 5 }]))
