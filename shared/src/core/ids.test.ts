import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newSagaId } from '../testing/delivered.fixture.ts'
import { eventId, firstSagaIdAt, isSagaId, publisherIn, sagaBeganMs, timerId } from './ids.ts'

const moment = fc.integer({ min: 0, max: 2 ** 47 })

test('the moment of a saga is in its id, and ranges of ids are ranges of time', () => {
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      expect(sagaBeganMs(newSagaId(a))).toBe(a)
      expect(isSagaId(newSagaId(a))).toBe(true)
      expect(newSagaId(a) < firstSagaIdAt(b)).toBe(a < b)
    }),
  )
})

test.each(['', 'x', newSagaId().toUpperCase(), newSagaId(0).replace('-7', '-4'), `${newSagaId()} `, ` ${newSagaId()}`])(
  '%j is no saga id',
  text => {
    expect(isSagaId(text)).toBe(false)
  },
)

test('ids are derived: the same step gives the same ids, another step or service others', () => {
  const step = { step: 'pay', direction: 'action' } as never
  expect([eventId('s', step, 0), eventId('s', step, 1), timerId('ledger', 's', 'Alarm')]).toEqual([
    's/pay/action',
    's/pay/action/1',
    'ledger/s/Alarm',
  ])
})

test('an event’s id names the step that published it; no other id names one', () => {
  const undone = { step: 'pay', direction: 'compensation' } as const
  for (const n of [0, 1]) expect(publisherIn(eventId('s', undone as never, n), 's')).toEqual(undone)
  for (const id of [
    timerId('ledger', 's', 'Alarm'),
    's/Alarm',
    's/pay/sideways',
    'x/pay/action',
    'ledger/POST /pay/s/action',
  ])
    expect(publisherIn(id, 's')).toBeUndefined()
})
