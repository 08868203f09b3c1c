import { describe, expect, test } from 'vitest'
import {
  alarm,
  alarmId,
  decided,
  due,
  fields,
  logRow,
  message,
  nowMs,
  rules,
  waitingRow,
} from '../testing/decisions.fixture.ts'
import { delivered } from '../testing/delivered.fixture.ts'
import { Noted, Paid, Undone } from '../testing/participant.fixture.ts'
import { firstSagaIdAt } from './ids.ts'

const note = { step: 'note', messageType: 'Noted' } as const

describe('what is over leaves nothing behind', () => {
  test('rule 10: delivered again while it is unfinished, a message leaves its row alone', () => {
    const taken = decided(
      { fence: [logRow('failed', { messageId: 'me' })], queue: [waitingRow('me', 'retry', 1)] },
      message(Paid),
    )
    expect(taken).toMatchObject({ outcomes: ['duplicate'], log: [], waiting: [], waitingDeleted: [] })
  })
  test('a retry of a step that another event has done meanwhile is gone', () => {
    const taken = decided(
      { fence: [logRow('succeeded')], queue: [waitingRow('me', 'retry', 1)] },
      message(Paid, { origin: due() }),
    )
    expect(taken).toMatchObject({ outcomes: ['superseded'], log: [], waitingDeleted: ['me'] })
  })
  test('rule 30: so is a timer of a step that is done, and nobody counts it as a duplicate', () => {
    const taken = decided(
      { fence: [logRow('succeeded', { step: 'ring' })], queue: [waitingRow(alarmId, 'timer', 1, { attempts: 0 })] },
      alarm(),
    )
    expect(taken).toMatchObject({ outcomes: ['stale_timer'], log: [], waitingDeleted: [alarmId] })
  })
  test('rule 11: a row that another instance has taken is left to it', () => {
    const queue = [waitingRow('me', 'retry', 1, { attempts: 2 })]
    const taken = decided({ queue }, message(Paid, { origin: due(1) }))
    expect(taken).toMatchObject({ outcomes: ['gone'], log: [], waiting: [], waitingDeleted: [] })
  })
})

describe('rule 12: a compensation closes its failed action', () => {
  const pay = waitingRow('pay', 'dead', 2, { deaths: 1, dueAtMs: null })
  const fence = [logRow('dead', { messageId: 'pay', errorCode: 'never', attempts: 5 })]
  test('also while it waits behind others itself', () => {
    const queue = [waitingRow('ahead', 'retry', 1, { ...note, dueAtMs: nowMs + 1 }), pay]
    const taken = decided({ fence, queue }, message(Undone))
    expect(taken).toMatchObject({ outcomes: ['parked'], waitingDeleted: ['pay'], outbox: [{ topic: 'ledger.dlq' }] })
    expect(taken.log).toEqual([logRow('skipped', { messageId: 'pay', errorCode: 'never', attempts: 5 })])
    expect(taken.waiting).toMatchObject([{ id: 'me', kind: 'parked', dueAtMs: null }])
  })
  test('without the safeguard it leaves it alone, parked or not', () => {
    const safeguards = { emptyCompensation: false }
    const instead = {
      'undo pay': () => {
        throw new Error('nothing was paid')
      },
    }
    const behind = decided({ fence, queue: [pay], safeguards }, message(Undone))
    expect(behind).toMatchObject({ outcomes: ['parked'], log: [], waitingDeleted: [] })
    const alone = decided({ fence, safeguards, instead }, message(Undone))
    expect(alone.outcomes).toEqual(['failed'])
    expect(alone.log.map(({ direction }) => direction)).toEqual(['compensation'])
  })
  test('an action that never came is skipped, so that it cannot come any more', () => {
    const taken = decided({ found: 'new' }, message(Undone), message(Paid, { id: 'late' }))
    expect(taken.outcomes).toEqual(['succeeded', 'late'])
    expect(taken.log).toMatchObject([
      { direction: 'action', status: 'skipped', messageId: 'me', messageType: 'Undone', attempts: 0, endedIds: [] },
      { direction: 'compensation', status: 'succeeded' },
    ])
  })
  test('not while it waits behind others: one of them may be the action', () => {
    const queue = [waitingRow('ahead', 'retry', 1, note)]
    expect(decided({ queue }, message(Undone))).toMatchObject({ outcomes: ['parked'], log: [] })
  })
  test.each(['refused', 'discarded'] as const)('an action that was %s keeps its name and what it has ended', status => {
    const before = logRow(status, { errorCode: 'too-late', attempts: 2, endedIds: ['other'] })
    expect(decided({ fence: [before] }, message(Undone)).log[0]).toEqual({ ...before, status: 'skipped' })
  })
  test('an action that took effect stays as it is', () => {
    const payment = { sagaId: fields.sagaId, account: 'ann', amount: 5 }
    const taken = decided({ fence: [logRow('succeeded')], payment }, message(Undone))
    expect(taken.outcomes).toEqual(['succeeded'])
    expect(taken.log.map(({ direction }) => direction)).toEqual(['compensation'])
  })
  test('a retry that it closes has no letter', () => {
    const queue = [waitingRow('pay', 'retry', 1)]
    const taken = decided({ fence: [logRow('failed', { messageId: 'pay' })], queue }, message(Undone))
    expect(taken).toMatchObject({
      outcomes: ['succeeded'],
      waitingDeleted: ['pay'],
      outbox: [{ topic: 'ledger.events.v1' }],
    })
  })
})

describe('rule 34: what comes for a saga that may have been forgotten', () => {
  const old = (byMs: number) => {
    const sagaId = firstSagaIdAt(nowMs - rules.horizonMs - byMs)
    return delivered(Paid, { ...fields, sagaId }, { id: 'me' })
  }
  test('is dead, and says why', () => {
    const delivery = old(1)
    const taken = decided({ found: 'new' }, delivery)
    expect(taken.decided).toMatchObject([{ outcome: 'dead', code: 'beyond-horizon' }])
    expect((taken.decided[0]!.error as Error).message).toBe(
      `saga ${delivery.sagaId} began more than 1296000000 ms ago and is unknown to ledger: its fence may have been forgotten`,
    )
  })
  test('within the horizon it is done', () => expect(decided({ found: 'new' }, old(0)).outcomes).toEqual(['succeeded']))
  test('a saga that is known has its fence still', () => expect(decided({}, old(1)).outcomes).toEqual(['succeeded']))
  test('what its own first message began is known', () => {
    const [first, second] = [old(1), old(1)]
    const fence = [logRow('refused', { endedIds: ['before'] })]
    expect(decided({ found: 'new', fence }, first).outcomes).toEqual(['succeeded'])
    expect(decided({ found: 'new' }, first, { ...second, id: 'behind' }).outcomes).toEqual(['dead', 'parked'])
  })
})

test('rule 5: a message whose key is not loaded waits for the next round, and those of its saga behind it', () => {
  const paid = message(Paid, { id: 'first' })
  const unloaded = { ...paid, message: Paid({ ...fields, account: 'ben' }) }
  const behind = message(Noted, { id: 'behind' })
  const taken = decided({}, unloaded, behind)
  expect(taken).toMatchObject({ outcomes: [], log: [], waiting: [], outbox: [] })
  expect(taken.nextRound).toEqual([unloaded, behind])
})
test('rule 30: a timer that another set for a step of its own runs once it is due', () => {
  const queue = [waitingRow(alarmId, 'timer', 1, { attempts: 0 })]
  const taken = decided({ queue }, alarm())
  expect(taken).toMatchObject({ outcomes: ['succeeded'], waitingDeleted: [alarmId] })
  expect(taken.log).toMatchObject([{ step: 'ring', status: 'succeeded', emitted: ['Done'] }])
})
test('an answer to what was no command is a mistake of the kit, and says so', () => {
  const instead = { note: () => ({ outcome: 'accepted', answer: {}, out: [] }) }
  expect(decided({ instead }, message(Noted)).decided).toMatchObject([{ outcome: 'dead' }])
})
