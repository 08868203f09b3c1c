import { describe, expect, test } from 'vitest'
import { after, refused, reject, succeed } from '../kit.ts'
import {
  alarm,
  alarmId,
  decided,
  due,
  fields,
  logRow,
  message,
  nowMs,
  waitingRow,
} from '../testing/decisions.fixture.ts'
import { Alarm, Done, Noted, Paid } from '../testing/participant.fixture.ts'

const done = logRow('succeeded', { messageId: 'me' })

describe('how a step ends is written', () => {
  test('with what it has published', () => {
    const { log, decided: all, outbox } = decided({}, message(Paid))
    expect(log).toMatchObject([{ ...done, emitted: ['Done'] }])
    expect(all).toMatchObject([{ outcome: 'succeeded', code: undefined }])
    expect(outbox).toMatchObject([{ topic: 'ledger.events.v1' }])
  })
  test('with the code of a rejection', () => {
    const { log, decided: all } = decided({ instead: { pay: () => reject('no-money') } }, message(Paid))
    expect(log).toMatchObject([{ ...done, status: 'rejected', errorCode: 'no-money', emitted: [] }])
    expect(all).toMatchObject([{ outcome: 'rejected', code: 'no-money' }])
  })
  test('with the message that was refused, behind those before it: only they are duplicates from now on', () => {
    const fence = [logRow('refused', { endedIds: ['before'] })]
    const { log, decided: all } = decided({ fence, instead: { pay: () => refused('too-late') } }, message(Paid))
    expect(log).toEqual([{ ...done, status: 'refused', errorCode: 'too-late', endedIds: ['before', 'me'] }])
    expect(all).toMatchObject([{ outcome: 'refused', code: 'too-late' }])
  })
  test('the first that is refused is the first of them', () =>
    expect(decided({ instead: { pay: () => refused('too-late') } }, message(Paid)).log).toMatchObject([
      { endedIds: ['me'] },
    ]))
  test('and what was refused before stays refused when the step succeeds', () => {
    const fence = [logRow('refused', { endedIds: ['before'] })]
    expect(decided({ fence }, message(Paid)).log).toMatchObject([{ status: 'succeeded', endedIds: ['before'] }])
  })
})

describe('tries are counted', () => {
  test.each([
    ['a first try', [], 'kafka', 1],
    ['a third', [waitingRow('me', 'retry', 1, { attempts: 2 })], 'due', 3],
    ['a parked one', [waitingRow('me', 'parked', 1, { attempts: 0 })], 'due', 1],
  ] as const)('%s, and its row is gone', (_, queue, source, attempts) => {
    const origin = source === 'due' ? due(queue[0]!.attempts) : ({ source } as const)
    const taken = decided({ queue: [...queue] }, message(Paid, { origin }))
    expect(taken.log).toMatchObject([{ status: 'succeeded', attempts }])
    expect(taken.waitingDeleted).toEqual(queue.map(({ id }) => id))
  })
})

describe('a timer', () => {
  const queue = [waitingRow(alarmId, 'timer', 1, { attempts: 0, dueAtMs: nowMs })]
  test('that is refused is stale', () =>
    expect(decided({ queue, instead: { ring: () => refused('rung') } }, alarm())).toMatchObject({
      decided: [{ outcome: 'stale_timer', code: 'rung' }],
      waitingDeleted: [alarmId],
    }))
  test('that sets itself anew stays, with its new time', () => {
    const ring = () => succeed(after(1_000, Alarm, { account: 'ann' }))
    const taken = decided({ queue, instead: { ring } }, alarm())
    expect(taken.waitingDeleted).toEqual([])
    expect(taken.waiting).toMatchObject([{ id: alarmId, kind: 'timer', dueAtMs: nowMs + 1_000 }])
  })
})

test('a step whose event cannot be published fails whole', () => {
  const foreign = { ...fields, sagaId: 'of another' }
  const taken = decided({ instead: { note: () => succeed(Done(foreign)) } }, message(Noted))
  expect(taken).toMatchObject({ outcomes: ['dead'], outbox: [{ topic: 'ledger.dlq' }] })
  expect(taken.log).toMatchObject([{ status: 'dead', errorCode: 'foreign-saga' }])
})
