import { expect, test } from 'vitest'
import { succeed } from '../kit.ts'
import { decided, message, now, rules, sagaId } from '../testing/decisions.fixture.ts'
import { Noted, Paid } from '../testing/participant.fixture.ts'
import { decide } from './decide.ts'
import type { Handled } from './run-handler.ts'
import { Saga } from './saga.ts'

test('a handler is told what time it is, its saga and the settings', () => {
  const seen: unknown[] = []
  const note = (...given: unknown[]) => {
    seen.push(given[1])
    return succeed()
  }
  decided({ instead: { note } }, message(Noted))
  expect(seen).toEqual([{ now, sagaId, settings: rules.settings }])
})

test('a key function that throws is the failure of its message, not of the batch', () => {
  const error = new Error('no such field')
  const keys = () => {
    throw error
  }
  const paid = message(Paid)
  const reaction = { ...paid.reaction, reads: [{ state: 'accounts', access: 'lock' as const, keys }] }
  const taken = decided({}, { ...paid, reaction } as typeof paid)
  expect(taken.decided).toMatchObject([{ outcome: 'failed', code: 'handler-threw', error }])
  expect(taken.nextRound).toEqual([])
})

test.each<[string, Handled]>([
  ['succeeded', { end: 'outcome', outcome: succeed() }],
  ['failed', { end: 'thrown', error: new Error('the database refused it') }],
])('a message whose handler has had its turn elsewhere has %s, and is not handed to it again', (outcome, handled) => {
  const noted = message(Noted)
  const sagas = new Map([[sagaId, new Saga(sagaId, 'new')]])
  const loaded = { now, seq: 1, sagas, tables: new Map(), turns: new Map(), random: () => 0.5 }
  const { decided: all, outbox } = decide(rules, loaded, [noted], new Map([[noted, handled]]))
  expect(all.map(each => each.outcome)).toEqual([outcome])
  expect([
    outbox,
    sagas
      .get(sagaId)!
      .changes()
      .waiting.filter(({ kind }) => kind === 'timer'),
  ]).toEqual([[], []])
})
