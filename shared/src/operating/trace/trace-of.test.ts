import { expect, test } from 'vitest'
import type { Declared } from '../declarations.ts'
import type { Answer } from './awaited.ts'
import {
  at,
  confirmed,
  declared,
  event,
  knows,
  neverSeen,
  now,
  paid,
  placed,
  row,
  saga,
  silent,
  trace,
  waiting,
} from './trace.fixture.ts'
import { traceOf } from './trace-of.ts'

test('a saga whose every event was taken is settled, each step with its cause', () => {
  const collected = row('collect', { on: `${saga}/confirm/action`, second: 4 })
  const { verdict, steps, awaited } = trace(
    knows('points', { log: [collected] }),
    knows('order', { log: [placed, confirmed] }),
    knows('pay', { log: [paid] }),
  )
  expect({ verdict, awaited }).toEqual({ verdict: 'settled', awaited: [] })
  expect(steps.map(({ service, operation, cause }) => [service, operation, cause])).toEqual([
    ['order', 'place', { what: 'POST /orders', from: null }],
    ['pay', 'pay', { what: 'Placed', from: 'order' }],
    ['order', 'confirm', { what: 'Paid', from: 'pay' }],
    ['points', 'collect', { what: 'Confirmed', from: 'order' }],
  ])
})

test('an event that nobody has taken: who owes what, since when and by when', () => {
  const { verdict, awaited } = trace(knows('order', { log: [placed] }))
  expect(verdict).toBe('open')
  expect(awaited).toEqual([
    {
      ...{ service: 'pay', step: 'pay', direction: 'action', operation: 'pay' },
      because: { what: 'Placed', from: 'order' },
      ...{ messageId: `${saga}/place/action`, oneOf: ['Paid', 'Refused'], since: at(1), by: at(21), overdue: true },
      ...{ stands: 'not-taken', waiting: null },
    },
  ])
})

test('an event that has committed and not been published is said to be that', () => {
  const unpublished = [{ id: `${saga}/place/action`, type: 'Placed', topic: 'order.events.v1', createdAt: at(1) }]
  const { verdict, awaited } = trace(knows('order', { log: [placed], unpublished }))
  expect([verdict, awaited.map(({ stands }) => stands)]).toEqual(['open', ['not-published']])
})

test.each([
  ['retry', 'open', { attempts: 2, errorCode: 'handler-threw', errorMessage: 'no', dueAt: at(40) }],
  ['calling', 'open', { attempts: 1 }],
  ['parked', 'open', {}],
  ['dead', 'blocked', { attempts: 5, deaths: 1, errorCode: 'handler-threw', errorMessage: 'no' }],
] as const)(
  'a message that is %s where it arrived: the saga is %s, and what it owes is awaited',
  (kind, verdict, o) => {
    const message = waiting({ kind, ...o })
    const found = trace(knows('order', { log: [placed] }), knows('pay', { waiting: [message] }))
    expect(found.verdict).toBe(verdict)
    expect(found.awaited).toMatchObject([
      { service: 'pay', operation: 'pay', oneOf: ['Paid', 'Refused'], stands: kind, by: at(21), waiting: message },
    ])
  },
)

test.each(['failed', 'calling', 'dead'] as const)(
  'a step that is %s and whose message does not wait was read while it was taken: the saga is open',
  status => {
    const half = row('pay', { on: `${saga}/place/action`, messageType: 'Placed', second: 2, status })
    const { verdict, awaited } = trace(knows('order', { log: [placed] }), knows('pay', { log: [half] }))
    expect(verdict).toBe('open')
    expect(awaited).toMatchObject([
      { service: 'pay', operation: 'pay', oneOf: ['Paid', 'Refused'], stands: 'unfinished', since: at(1) },
    ])
  },
)

test('an armed timer keeps a saga open until it is due, and says what it would bring', () => {
  const timer = waiting({
    ...{ id: `order/${saga}/TimedOut`, kind: 'timer', messageType: 'TimedOut', step: 'cancel', dueAt: at(60) },
  })
  const log = [placed, confirmed]
  const { verdict, awaited } = trace(knows('order', { log, waiting: [timer] }), knows('pay', { log: [paid] }))
  expect(verdict).toBe('open')
  expect(awaited.find(({ stands }) => stands === 'timer')).toMatchObject({
    ...{ service: 'order', oneOf: ['Cancelled'], stands: 'timer', by: at(60), overdue: false },
    because: { what: 'timer TimedOut', from: null },
  })
})

test('what the fence blocks is not awaited: a duplicate, a late action, a step that a rejection ended', () => {
  const rejected = row('pay', { on: `${saga}/place/action`, second: 2, status: 'rejected', emitted: ['Refused'] })
  const cancelled = row('cancel', { on: `order/${saga}/TimedOut`, second: 3, emitted: ['Cancelled'] })
  const repaid = row('undo pay', { on: `${saga}/cancel/action`, second: 4, emitted: ['Repaid'] })
  const { verdict, awaited } = trace(
    knows('order', { log: [placed, cancelled] }),
    knows('pay', { log: [rejected, repaid] }),
  )
  expect([verdict, awaited]).toEqual(['settled', []])

  const skipped = row('pay', { on: `${saga}/cancel/action`, second: 4, status: 'skipped' })
  const late = trace(knows('order', { log: [placed, cancelled] }), knows('pay', { log: [skipped, repaid] }))
  expect([late.verdict, late.awaited]).toEqual(['settled', []])
})

test('a refusal blocks only what came before it', () => {
  const log = [placed, row('cancel', { on: `order/${saga}/TimedOut`, second: 3, status: 'refused' })]
  const refusedAt = (second: number) =>
    row('pay', { on: `${saga}/place/action`, second, status: 'rejected', emitted: ['Refused'] })
  const before = trace(knows('order', { log }), knows('pay', { log: [refusedAt(2)] }))
  expect([before.verdict, before.awaited]).toEqual(['settled', []])
  const after = trace(knows('order', { log }), knows('pay', { log: [refusedAt(5)] }))
  expect(after.awaited).toMatchObject([{ service: 'order', operation: 'cancel', stands: 'not-taken' }])
})

test('a filter leaves no trace: at first what it may ignore is awaited, later the saga counts as settled', () => {
  const confirmedAt = (second: number) => ({ ...confirmed, updatedAt: at(second) })
  const answers = (second: number): [string, Answer][] => [
    knows('order', { log: [placed, confirmedAt(second)] }),
    knows('pay', { log: [paid] }),
  ]
  const [soon, later] = [trace(...answers(25)), trace(...answers(15))]
  for (const { awaited } of [soon, later]) expect(awaited).toMatchObject([{ service: 'points', stands: 'may-ignore' }])
  expect([soon.verdict, later.verdict]).toEqual(['open', 'settled'])
})

test('who does not answer is named, and what its readers have of it proves that it did its part', () => {
  const { verdict, silent: named, awaited, steps } = trace(knows('order', { log: [confirmed] }), silent('pay'))
  expect({ verdict, named }).toEqual({ verdict: 'unknown', named: [{ service: 'pay', why: 'does not answer' }] })
  expect(steps[0]?.cause).toEqual({ what: 'x', from: 'pay' })
  expect(awaited.filter(({ service }) => service === 'pay')).toEqual([])

  const before = trace(knows('order', { log: [placed] }), silent('pay'))
  expect(before.awaited).toMatchObject([{ service: 'pay', stands: 'silent' }])
})

test('what a participant owes is not known without its declaration, as while Kafka is away', () => {
  const { verdict, silent: named, steps } = traceOf(saga, [], new Map([knows('order', { log: [placed] })]), now)
  expect({ verdict, named, steps: steps.length }).toEqual({
    ...{ verdict: 'unknown', steps: 1 },
    named: [{ service: 'order', why: 'answers without a declaration' }],
  })
})

test('a saga is blocked even while others do not answer, and not found when nobody knows it', () => {
  const dead = waiting({ kind: 'dead' })
  expect(trace(silent('order'), knows('pay', { waiting: [dead] })).verdict).toBe('blocked')
  expect(trace().verdict).toBe('not-found')
  expect(traceOf(saga, declared, new Map(), now).verdict).toBe('unknown')
})

test('events of one name on another topic are another event', () => {
  const other: Declared = {
    ...{ service: 'other', topic: 'other.events.v1', letterTopic: 'other.dlq' },
    reactions: [event('Placed', 'shipping', 'look', [])],
  }
  const answers = new Map([knows('order', { log: [placed] }), knows('pay', { log: [paid] }), neverSeen('other')])
  const { awaited } = traceOf(saga, [...declared, other], answers, now)
  expect(awaited.map(({ service }) => service)).toEqual(['order'])
})
