import { describe, expect, test } from 'vitest'
import { after, cancel, succeed } from '../kit.ts'
import {
  alarm,
  alarmId,
  decided,
  fields,
  message,
  now,
  nowMs,
  rules,
  sagaId,
  waitingRow,
} from '../testing/decisions.fixture.ts'
import { Alarm, Done, Noted, Paid } from '../testing/participant.fixture.ts'
import { Decision } from './decision.ts'
import { emit } from './emit.ts'
import { Saga, type WaitingKind } from './saga.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const setAlarm = after(1_000, Alarm, { account: 'ann' })
const noting = (...out: unknown[]) => ({ note: () => succeed(...out) })
const errorOf = (...out: unknown[]) => decided({ instead: noting(...out) }, message(Noted)).decided[0]!.error

describe('an event', () => {
  test('is a row of the outbox, in its saga’s partition and with its saga’s key, caused by the message', () => {
    const metas: unknown[] = []
    const encode: typeof rules.encode = (event, meta) => {
      metas.push(meta)
      return rules.encode(event, meta)
    }
    const saga = new Saga(sagaId, 'known')
    const loaded = { now, seq: 7, sagas: new Map(), tables: new Map(), turns: new Map(), random: () => 0 }
    const decision = new Decision({ ...rules, encode }, loaded)
    expect(emit(decision, saga, message(Paid, { traceparent }), [Done(fields)])).toEqual(['Done'])
    const id = `${sagaId}/pay/action`
    expect(metas).toEqual([{ id, sagaId, causationId: 'me', now, traceparent }])
    expect(decision.outbox).toEqual([
      {
        ...{ sagaId, topic: 'ledger.events.v1', partition: sagaId.length, key: Buffer.from(sagaId) },
        ...{ headers: { ce_id: id, traceparent }, body: Buffer.from('Done') },
      },
    ])
  })
  test('of another saga is not published', () =>
    expect(errorOf(Done({ ...fields, sagaId: 'another' }))).toMatchObject({
      code: 'foreign-saga',
      message: `note emits Done for another saga: sagaId must be ${sagaId}`,
    }))
  test.each([
    ['event', Paid(fields), 'Paid'],
    ['timer', { set: 'Bell', delayMs: 1, data: {} }, 'Bell'],
    ['cancellation', { cancel: 'Bell' }, 'Bell'],
    ['event of a timer’s name', { type: 'Alarm' }, 'Alarm'],
    ['timer of an event’s name', { set: 'Done', delayMs: 1, data: {} }, 'Done'],
  ])('or %s that its step does not declare is not published', (_, item, name) =>
    expect(errorOf(item)).toMatchObject({
      code: 'undeclared-emission',
      message: `note on Noted emits ${name}, which neither its \`emits\` nor its \`cancels\` names`,
    }),
  )
})

describe('a timer', () => {
  test('that is set waits in its saga until it is due, with its data and the trace of who set it', () => {
    const { waiting } = decided({ instead: noting(setAlarm) }, message(Noted, { traceparent }))
    expect(waiting).toEqual([
      {
        ...{ id: alarmId, kind: 'timer', messageType: 'Alarm', step: 'ring', direction: 'action', seq: 7, n: 0 },
        ...{ dueAtMs: nowMs + 1_000, attempts: 0, deaths: 0, firstFailedAtMs: null, errorCode: null },
        ...{ errorMessage: null, request: null },
        envelope: { key: Buffer.from(sagaId), headers: { traceparent }, body: Buffer.from('{"account":"ann"}') },
      },
    ])
  })
  test('without a trace it has none', () =>
    expect(decided({ instead: noting(setAlarm) }, message(Noted)).waiting[0]!.envelope!.headers).toEqual({}))
  test('may wait for as long as the saga is remembered, and no longer', () => {
    const within = after(rules.longestTimerMs, Alarm, { account: 'ann' })
    expect(decided({ instead: noting(within) }, message(Noted)).outcomes).toEqual(['succeeded'])
    expect(errorOf(after(rules.longestTimerMs + 1, Alarm, { account: 'ann' }))).toMatchObject({
      code: 'timer-beyond-horizon',
      message:
        'Alarm after 604800001 ms: the longest timer is 604800000 ms; other services may have forgotten the saga by then',
    })
  })

  const kinds: readonly WaitingKind[] = ['timer', 'parked', 'retry', 'calling', 'dead']
  const standing = (kind: WaitingKind) => [waitingRow(alarmId, kind, 9, { messageType: 'Alarm', step: 'ring' })]
  // The note that sets or cancels it stands before it in the queue.
  const queueOf = (kind: WaitingKind) => [
    waitingRow('me', 'retry', 1, { step: 'note', messageType: 'Noted' }),
    ...standing(kind),
  ]
  const again = (kind: WaitingKind, ...out: unknown[]) =>
    decided(
      { queue: queueOf(kind), instead: noting(...out) },
      message(Noted, { origin: { source: 'due', attempts: 1, dueAtMs: nowMs } }),
    ).saga.waiting(alarmId)
  test.each(kinds)('set anew while it is %s: what has begun to fire stands, anything else is replaced', kind => {
    const replaced = kind === 'timer' || kind === 'parked'
    expect(again(kind, setAlarm)).toMatchObject(replaced ? { kind: 'timer', dueAtMs: nowMs + 1_000 } : { kind, seq: 9 })
  })
  test.each(kinds)('rule 30: cancelled while it is %s: what has begun to fire stands', kind => {
    const left = again(kind, cancel(Alarm))
    if (kind === 'timer' || kind === 'parked') expect(left).toBeUndefined()
    else expect(left).toMatchObject({ kind, seq: 9 })
  })
  test.each(['timer', 'parked', 'retry'] as const)('that fires sets itself anew, from whichever row: %s', kind => {
    const queue = [waitingRow(alarmId, kind, 1, { messageType: 'Alarm', step: 'ring' })]
    const origin = { source: 'due', attempts: 1, dueAtMs: nowMs } as const
    const { saga } = decided({ queue, instead: { ring: () => succeed(setAlarm) } }, alarm(origin))
    expect(saga.waiting(alarmId)).toMatchObject({ kind: 'timer', dueAtMs: nowMs + 1_000 })
  })
  test('that was not set is cancelled without a word', () =>
    expect(decided({ instead: noting(cancel(Alarm)) }, message(Noted)).outcomes).toEqual(['succeeded']))
})
