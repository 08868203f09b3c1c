import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Saga, type WaitingKind, type WaitingRow } from './saga.ts'

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
