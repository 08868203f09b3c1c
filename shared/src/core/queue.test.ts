import { describe, expect, test } from 'vitest'
import { alarm, alarmId, decided, due, logRow, message, nowMs, waitingRow } from '../testing/decisions.fixture.ts'
import { Noted, Paid } from '../testing/participant.fixture.ts'

const note = { step: 'note', messageType: 'Noted' } as const
const ahead = waitingRow('ahead', 'retry', 1, { ...note, dueAtMs: nowMs + 1 })
const fails = {
  pay: () => {
    throw new Error('cannot')
  },
}

describe('rule 16: behind what is unfinished', () => {
  test('a message from Kafka waits at the end, whole and without a due time', () => {
    const delivery = message(Paid)
    const { outcomes, waiting, woke } = decided({ queue: [ahead] }, delivery)
    expect([outcomes, woke]).toEqual([['parked'], false])
    expect(waiting).toEqual([
      {
        ...{ id: 'me', kind: 'parked', messageType: 'Paid', step: 'pay', direction: 'action', seq: 7, n: 0 },
        ...{ dueAtMs: null, attempts: 0, deaths: 0, firstFailedAtMs: null, errorCode: null, errorMessage: null },
        ...{ request: null, envelope: delivery.envelope },
      },
    ])
  })
  test('those of one batch wait in the order in which they came', () => {
    const { waiting } = decided({ queue: [ahead] }, message(Paid, { id: 'b' }), message(Noted, { id: 'a' }))
    expect(waiting.map(({ id, seq, n }) => [id, seq, n])).toEqual([
      ['b', 7, 0],
      ['a', 7, 1],
    ])
  })
  test('a retry that is due too early keeps its place and its tries, and is due no more', () => {
    const own = waitingRow('me', 'retry', 2, { attempts: 3, errorCode: 'no' })
    const { outcomes, waiting } = decided({ queue: [ahead, own] }, message(Paid, { origin: due(3) }))
    expect(outcomes).toEqual(['parked'])
    expect(waiting).toEqual([{ ...own, dueAtMs: null }])
  })
  test('a timer joins where it fires, not where it was set', () => {
    const { outcomes, waiting } = decided({ queue: [waitingRow(alarmId, 'timer', 0, { attempts: 0 }), ahead] }, alarm())
    expect(outcomes).toEqual(['parked'])
    expect(waiting).toMatchObject([{ id: alarmId, kind: 'parked', seq: 7, dueAtMs: null, step: 'ring' }])
  })
  test('a timer that is not due yet holds nobody up', () => {
    expect(decided({ queue: [waitingRow(alarmId, 'timer', 0)] }, message(Paid)).outcomes).toEqual(['succeeded'])
  })
})

describe('whoever clears the way', () => {
  test('makes the next one due, and says that there is work', () => {
    const next = waitingRow('next', 'parked', 2, { ...note, dueAtMs: null, attempts: 0 })
    const last = waitingRow('last', 'parked', 3, { ...note, dueAtMs: null, attempts: 0 })
    const queue = [waitingRow('me', 'retry', 1), last, next]
    const { waiting, woke } = decided({ queue }, message(Paid, { origin: due() }))
    expect(waiting).toEqual([{ ...next, dueAtMs: nowMs }])
    expect(woke).toBe(true)
  })
  test('leaves one that has its time to its time', () => {
    const next = waitingRow('next', 'retry', 2, { ...note, dueAtMs: nowMs + 500 })
    const { waiting, woke } = decided({ queue: [waitingRow('me', 'retry', 1), next] }, message(Paid, { origin: due() }))
    expect([waiting, woke]).toEqual([[], false])
  })
  test('never wakes the dead', () => {
    const next = waitingRow('next', 'dead', 2, { ...note, dueAtMs: null })
    const { waiting, woke } = decided({ queue: [waitingRow('me', 'retry', 1), next] }, message(Paid, { origin: due() }))
    expect([waiting, woke]).toEqual([[], false])
  })
})

describe('what fails', () => {
  test('for the first time stands at the end of its queue', () => {
    const delivery = message(Paid)
    const { waiting } = decided({ instead: fails }, delivery)
    expect(waiting).toMatchObject([{ id: 'me', kind: 'retry', seq: 7, n: 0, envelope: delivery.envelope }])
  })
  test('again keeps its place, and gets its bytes back', () => {
    const delivery = message(Paid, { origin: due() })
    const queue = [waitingRow('me', 'retry', 3, { n: 4 })]
    const { waiting } = decided({ queue, fence: [logRow('failed', { messageId: 'me' })], instead: fails }, delivery)
    expect(waiting).toMatchObject([{ id: 'me', kind: 'retry', seq: 3, n: 4, attempts: 2, envelope: delivery.envelope }])
  })
  test('when it fires, stands where it fired', () => {
    const ring = () => {
      throw new Error('cannot')
    }
    const queue = [waitingRow(alarmId, 'timer', 1, { attempts: 0 })]
    expect(decided({ queue, instead: { ring } }, alarm()).waiting).toMatchObject([
      { id: alarmId, kind: 'retry', seq: 7, attempts: 1, step: 'ring' },
    ])
  })
})
