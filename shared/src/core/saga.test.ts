import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LogRow, Saga, type Status, type WaitingKind, type WaitingRow } from './saga.ts'

const row = (id: string, kind: WaitingKind, seq: number, n: number): WaitingRow => ({
  ...{ id, kind, messageType: 'T', seq, n, step: 's', direction: 'action', dueAtMs: null, attempts: 0, deaths: 0 },
  ...{ firstFailedAtMs: null, errorCode: null, errorMessage: null, request: null, envelope: undefined },
})

test('rule 16: unfinished messages are in order of arrival, however they were loaded; timers are not among them (rule 30)', () => {
  const kinds = fc.constantFrom<WaitingKind>('timer', 'retry', 'parked', 'calling', 'dead')
  const rows = fc.uniqueArray(fc.record({ seq: fc.nat(5), n: fc.nat(5), kind: kinds }), {
    selector: r => `${r.seq}/${r.n}`,
  })
  fc.assert(
    fc.property(rows, given => {
      const queue = new Saga(
        's',
        'known',
        [],
        given.map(r => row(`${r.seq}/${r.n}`, r.kind, r.seq, r.n)),
      ).unfinished()
      expect(queue).toHaveLength(given.filter(r => r.kind !== 'timer').length)
      const places = queue.map(r => r.seq * 10 + r.n)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }),
  )
})

test('saves only what changed, and deletes only what was there', () => {
  const saga = new Saga('s', 'known', [], [row('kept', 'retry', 1, 0), row('ended', 'retry', 2, 0)])
  saga.deleteWaiting('ended')
  saga.setWaiting(row('brief', 'parked', 3, 0))
  saga.deleteWaiting('brief')
  saga.setWaiting(row('new', 'timer', 3, 1))
  const { waiting, waitingDeleted, log } = saga.changes()
  expect([waiting.map(r => r.id), waitingDeleted, log]).toEqual([['new'], ['ended'], []])
})

test('a row that is taken away and comes back is written, not deleted', () => {
  const saga = new Saga('s', 'known', [], [row('timer', 'timer', 1, 0)])
  saga.deleteWaiting('timer')
  saga.setWaiting(row('timer', 'timer', 2, 0))
  expect(saga.changes()).toMatchObject({ waiting: [{ id: 'timer', seq: 2 }], waitingDeleted: [] })
})

const log = (step: string, direction: LogRow['direction'], status: Status, o: Partial<LogRow> = {}): LogRow => ({
  ...{ step, direction, status, messageId: 'me', messageType: 'T', body: null, errorCode: null, attempts: 1 },
  ...{ endedIds: [], ...o },
})

test('a step has a row for each direction: one that comes replaces the one that was there', () => {
  const [pay, undo] = [log('pay', 'action', 'failed'), log('pay', 'compensation', 'failed')]
  const saga = new Saga('s', 'known', [pay, undo])
  const [paid, noted] = [log('pay', 'action', 'succeeded'), log('note', 'action', 'succeeded')]
  saga.setFence(paid)
  saga.setFence(noted)
  expect([saga.fence('pay', 'action'), saga.fence('pay', 'compensation')]).toEqual([paid, undo])
  expect(saga.fence('note', 'compensation')).toBeUndefined()
  expect(saga.changes().log).toEqual([paid, noted])
  expect([pay, undo, noted].map(row => saga.hadBegun(row))).toEqual([true, true, false])
})

test.each<[Status, boolean]>([
  ...(['succeeded', 'rejected', 'refused', 'skipped', 'discarded'] as const).map(s => [s, true] as [Status, boolean]),
  ...(['failed', 'calling', 'dead'] as const).map(s => [s, false] as [Status, boolean]),
])('a message whose step is %s has ended it: %s', (status, ended) => {
  const [other, row] = [log('note', 'action', 'succeeded', { messageId: 'x' }), log('pay', 'action', status)]
  const saga = new Saga('s', 'known', [other, row])
  expect(saga.endedBy('me')).toBe(ended ? row : undefined)
  expect(saga.endedBy('nobody')).toBeUndefined()
  const before = log('pay', 'action', status, { messageId: 'x', endedIds: ['me'] })
  expect(new Saga('s', 'known', [before]).endedBy('me')).toBe(before)
})

test.each([
  ['new', true, true],
  ['known', true, false],
  ['none', false, false],
] as const)('a saga that was found as %s exists: %s, and is seen first: %s', (found, exists, isNew) =>
  expect(new Saga('s', found)).toMatchObject({ exists, isNew }),
)
