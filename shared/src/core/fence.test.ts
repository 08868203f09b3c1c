import { describe, expect, test } from 'vitest'
import { delivered, newSagaId } from '../testing/delivered.fixture.ts'
import { type Noted, Paid, Undone } from '../testing/participant.fixture.ts'
import type { Delivery, Origin } from './delivery.ts'
import { closedByCompensation, judge } from './fence.ts'
import { everySafeguard, type Safeguards } from './safeguards.ts'
import { type Direction, type LogRow, Saga, type Status, type WaitingKind, type WaitingRow } from './saga.ts'

const sagaId = newSagaId()
const nowMs = 1_000_000
const me = 'me'

function log(status: Status, o: Partial<LogRow> = {}): LogRow {
  return {
    ...{ step: 'pay', direction: 'action', status, messageId: 'other', messageType: 'Paid', body: null },
    ...{ errorCode: null, attempts: 1, endedIds: [], ...o },
  }
}
function row(id: string, kind: WaitingKind, seq: number, o: Partial<WaitingRow> = {}): WaitingRow {
  return {
    ...{ id, kind, messageType: 'Paid', seq, n: 0, step: 'pay', direction: 'action' as Direction, dueAtMs: nowMs },
    ...{ attempts: 1, deaths: 0, firstFailedAtMs: null, errorCode: null, errorMessage: null, request: null },
    ...{ envelope: undefined, ...o },
  }
}
const due: Origin = { source: 'due', attempts: 1, dueAtMs: nowMs }
function verdictOf(
  type: typeof Paid | typeof Undone | typeof Noted,
  origin: Origin,
  fence: LogRow[],
  queue: WaitingRow[],
  without?: keyof Safeguards,
): string {
  const message = delivered(type as typeof Paid, { sagaId, account: 'ann', amount: 1 }, { id: me })
  const delivery: Delivery = { ...message, origin }
  const on = without ? { ...everySafeguard, [without]: false } : everySafeguard
  const verdict = judge(new Saga(sagaId, 'known', fence, queue), delivery, nowMs, on)
  return verdict.verdict === 'end' ? verdict.outcome : verdict.verdict
}
const kafka: Origin = { source: 'kafka' }

describe('a message from Kafka', () => {
  test.each<[string, typeof Paid | typeof Undone, LogRow[], WaitingRow[], string]>([
    ['an action, with no row', Paid, [], [], 'run'],
    ['rule 9: succeeded', Paid, [log('succeeded')], [], 'duplicate'],
    ['rule 9: rejected', Paid, [log('rejected')], [], 'duplicate'],
    ['rule 9: refused by it', Paid, [log('refused', { endedIds: ['x', me] })], [], 'duplicate'],
    ['rule 9: refused by another', Paid, [log('refused', { endedIds: ['x'] })], [], 'run'],
    ['rule 9: discarded, it', Paid, [log('discarded', { endedIds: [me] })], [], 'duplicate'],
    ['rule 9: discarded, another', Paid, [log('discarded', { endedIds: ['x'] })], [], 'run'],
    [
      'rule 9: ended it, and another is tried',
      Paid,
      [log('failed', { endedIds: [me] })],
      [row('x', 'retry', 1)],
      'duplicate',
    ],
    ['rule 10: itself unfinished', Paid, [log('failed', { messageId: me })], [row(me, 'retry', 1)], 'duplicate'],
    ['rule 10: another of the step unfinished', Paid, [log('failed')], [row('other', 'retry', 1)], 'park'],
    ['rule 13: late', Paid, [log('skipped')], [], 'late'],
    ['rule 16: behind another step', Paid, [], [row('x', 'dead', 1, { step: 'note', dueAtMs: null })], 'park'],
    ['rule 23: behind a call', Paid, [], [row('x', 'calling', 1, { step: 'note' })], 'park'],
    ['rule 30: a timer is in nobody’s way', Paid, [], [row('x', 'timer', 1, { step: 'ring' })], 'run'],
    ['rule 12: action succeeded', Undone, [log('succeeded')], [], 'run'],
    ['rule 12: no action', Undone, [], [], 'otherwise'],
    ['rule 12: action rejected', Undone, [log('rejected')], [], 'otherwise'],
    ['rule 12: action refused', Undone, [log('refused')], [], 'otherwise'],
    ['rule 12: action discarded', Undone, [log('discarded')], [], 'otherwise'],
    ['rule 12: action skipped', Undone, [log('skipped')], [], 'otherwise'],
    ['rule 12: action failed', Undone, [log('failed')], [row('other', 'retry', 1)], 'otherwise'],
    ['rule 12: action dead', Undone, [log('dead')], [row('other', 'dead', 1)], 'otherwise'],
    [
      'rule 12: action dead, another behind it',
      Undone,
      [log('dead')],
      [row('other', 'dead', 1), row('x', 'parked', 2)],
      'park',
    ],
    ['rule 23: action in doubt', Undone, [log('dead')], [row('other', 'dead', 1, { request: { value: 1 } })], 'park'],
    ['rule 23: action calling', Undone, [log('calling')], [row('other', 'calling', 1)], 'park'],
    [
      'rule 34: action dead beyond the horizon',
      Undone,
      [log('dead', { errorCode: 'beyond-horizon' })],
      [row('other', 'dead', 1)],
      'park',
    ],
    ['compensation done', Undone, [log('succeeded'), log('succeeded', { direction: 'compensation' })], [], 'duplicate'],
  ])('%s', (_name, type, fence, queue, verdict) => {
    expect(verdictOf(type, kafka, fence, queue)).toBe(verdict)
  })
})

describe('a message that is due', () => {
  test.each<[string, LogRow[], WaitingRow[], string, Origin?]>([
    ['rule 11: as it was read', [log('failed', { messageId: me })], [row(me, 'retry', 1)], 'run'],
    ['rule 11: gone', [], [], 'gone'],
    ['rule 11: tried meanwhile', [log('failed', { messageId: me })], [row(me, 'retry', 1, { attempts: 2 })], 'gone'],
    ['rule 11: moved', [], [row(me, 'retry', 1, { dueAtMs: nowMs - 1 })], 'gone'],
    ['rule 11: dead meanwhile', [], [row(me, 'dead', 1, { dueAtMs: null })], 'gone'],
    [
      'rule 11: not yet',
      [],
      [row(me, 'retry', 1, { dueAtMs: nowMs + 1 })],
      'gone',
      { ...due, dueAtMs: nowMs + 1 } as Origin,
    ],
    ['rule 10: the step was done by another', [log('succeeded')], [row(me, 'parked', 1)], 'superseded'],
    ['rule 10: the step was rejected for another', [log('rejected')], [row(me, 'parked', 1)], 'superseded'],
    ['rule 10: the other was refused', [log('refused', { endedIds: ['other'] })], [row(me, 'parked', 1)], 'run'],
    ['rule 10: the step was done by itself', [log('succeeded', { messageId: me })], [row(me, 'retry', 1)], 'duplicate'],
    ['rule 13: late', [log('skipped')], [row(me, 'parked', 1)], 'late'],
    ['rule 16: somebody is ahead', [], [row('x', 'retry', 1), row(me, 'parked', 2)], 'park'],
    [
      'rule 16: by n, where seq is the same',
      [],
      [row('x', 'retry', 2, { n: 0 }), row(me, 'parked', 2, { n: 1 })],
      'park',
    ],
    [
      'rule 16: behind by n, where seq is the same',
      [],
      [row(me, 'parked', 2, { n: 0 }), row('x', 'parked', 2, { n: 1 })],
      'run',
    ],
    ['rule 16: behind by seq, whatever n', [], [row(me, 'parked', 1, { n: 1 }), row('x', 'parked', 2)], 'run'],
    ['rule 16: somebody is behind', [], [row(me, 'parked', 1), row('x', 'parked', 2)], 'run'],
    ['rule 30: a timer fires behind all', [], [row(me, 'timer', 1), row('x', 'parked', 2)], 'park'],
  ])('%s', (_name, fence, queue, verdict, origin = due) => {
    expect(verdictOf(Paid, origin, fence, queue)).toBe(verdict)
  })
})

test.each<[string, WaitingRow[], string]>([
  ['still ours', [row(me, 'calling', 1, { attempts: 3 })], 'run'],
  ['of the same number, after a replay', [row(me, 'calling', 1, { attempts: 3, dueAtMs: nowMs + 1 })], 'gone'],
  ['repeated meanwhile', [row(me, 'calling', 1, { attempts: 4 })], 'gone'],
  ['ended meanwhile', [], 'gone'],
  ['failed meanwhile', [row(me, 'retry', 1, { attempts: 3 })], 'gone'],
])('rule 23: the result of a call is written only if the attempt is %s', (_name, queue, verdict) => {
  const origin: Origin = { source: 'result', attempts: 3, dueAtMs: nowMs, result: { ok: true, response: 1 } }
  expect(verdictOf(Paid, origin, [log('calling', { messageId: me })], queue)).toBe(verdict)
})

test.each<[string, WaitingRow[], string]>([
  ['still ours', [row(me, 'calling', 1, { attempts: 3 })], 'run'],
  ['repeated meanwhile', [row(me, 'calling', 1, { attempts: 4 })], 'gone'],
])('rule 23: a call that could not begin is held only if the attempt is %s', (_name, queue, verdict) => {
  const hold = { code: 'target-unreachable', message: 'nobody there' } as const
  const origin: Origin = { source: 'unbegun', attempts: 3, dueAtMs: nowMs, hold, inDoubt: false }
  expect(verdictOf(Paid, origin, [log('calling', { messageId: me })], queue)).toBe(verdict)
})

describe('with its safeguard off, what a rule stops gets through', () => {
  test.each<[keyof Safeguards, typeof Paid | typeof Undone, Origin, LogRow[], WaitingRow[], string]>([
    ['fence', Paid, kafka, [log('succeeded')], [], 'run'],
    ['refusedBlocksOnlyItself', Paid, kafka, [log('refused')], [], 'duplicate'],
    ['refusedBlocksOnlyItself', Paid, kafka, [log('discarded')], [], 'duplicate'],
    ['claims', Paid, due, [log('failed', { messageId: me })], [row(me, 'retry', 1, { attempts: 2 })], 'run'],
    ['timerFiresOnce', Paid, due, [], [], 'run'],
    ['emptyCompensation', Undone, kafka, [], [], 'run'],
    ['lateActions', Paid, kafka, [log('skipped')], [], 'run'],
    ['parking', Paid, kafka, [], [row('x', 'retry', 1, { step: 'note' })], 'run'],
  ])('%s', (safeguard, type, origin, fence, queue, verdict) => {
    expect(verdictOf(type, origin, fence, queue, safeguard)).toBe(verdict)
  })
})

test('a compensation closes only an action that is failed or dead', () => {
  const closedOf = (status: Status) =>
    closedByCompensation(new Saga(sagaId, 'known', [log(status)], [row('other', 'dead', 1)]), 'pay')
  const all: Status[] = ['succeeded', 'rejected', 'refused', 'skipped', 'discarded', 'failed', 'calling', 'dead']
  expect(all.filter(status => closedOf(status))).toEqual(['failed', 'dead'])
})
