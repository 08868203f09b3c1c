import { describe, expect, test } from 'vitest'
import { delivered, newSagaId } from '../testing/delivered.fixture.ts'
import { Charged, workshop } from '../testing/workshop.fixture.ts'
import { decide } from './decide.ts'
import type { Call, Loaded } from './decision.ts'
import type { Delivery, Origin } from './delivery.ts'
import type { Rules } from './rules.ts'
import { everySafeguard } from './safeguards.ts'
import { Saga } from './saga.ts'
import { loadedTable } from './views.ts'

const rules: Rules = {
  ...{ service: 'workshop', settings: {}, letterTopic: 'workshop.dlq', safeguards: everySafeguard, keepsImages: true },
  ...{ reactsTo: new Set(), owesNothing: new Set(), timers: new Map() },
  retry: { maxAttempts: 2, baseDelayMs: 1_000, maxDelayMs: 60_000 },
  ...{ horizonMs: 86_400_000, longestTimerMs: 86_400_000, callGraceMs: 5_000 },
  encode: (event, meta) => ({ topic: 'events', headers: { ce_id: meta.id }, body: Buffer.from(event.type) }),
  partitionOf: () => 0,
}
const hold = { code: 'no-turn', message: 'a hundred are under way' } as const
const turnsOf = (free: number) => new Map([['charge', { free, hold }]])

/** Messages of a saga each, which want to call. */
function world(count: number, free = Number.POSITIVE_INFINITY) {
  const deliveries = Array.from({ length: count }, () =>
    delivered(Charged, { sagaId: newSagaId(), account: 'ann', amount: 5 }, { participant: workshop }),
  )
  const sagas = new Map(deliveries.map(({ sagaId }) => [sagaId, new Saga(sagaId, 'new')]))
  const tables = new Map([['accounts', loadedTable('accounts', 'account', new Map([['ann', undefined]]))]])
  const at = (now: Date, turns = turnsOf(free)): Loaded => ({ now, seq: 1, sagas, tables, turns, random: () => 0.5 })
  return { deliveries, sagas, at }
}

test('rule 23: of one batch only as many calls begin as have a turn; the rest waits, due at once, with no try counted', () => {
  const { deliveries, sagas, at } = world(5, 2)
  const now = new Date()
  const decision = decide(rules, at(now), deliveries)
  expect(decision.calls.map(({ delivery }) => delivery)).toEqual(deliveries.slice(0, 2))
  expect(decision.decided.map(({ outcome }) => outcome)).toEqual(['calling', 'calling', 'held', 'held', 'held'])
  const rows = deliveries.slice(2).map(({ id, sagaId }) => sagas.get(sagaId)!.waiting(id))
  for (const row of rows)
    expect(row).toMatchObject({
      kind: 'retry',
      attempts: 0,
      dueAtMs: now.getTime(),
      errorCode: 'no-turn',
      request: null,
    })
})

test('rule 23: the one that asks needs no turn', () => {
  const { deliveries, at } = world(1, 0)
  const now = new Date()
  const [held] = deliveries
  decide(rules, at(now), [held!])
  const probe: Delivery = {
    ...held!,
    origin: { source: 'due', attempts: 0, dueAtMs: now.getTime(), probe: true },
  }
  expect(decide(rules, at(now), [probe]).decided).toMatchObject([{ outcome: 'calling' }])
})

test('rule 23: a retry that is due needs a turn like any other', () => {
  const { deliveries, sagas, at } = world(1, 0)
  const now = new Date()
  const [held] = deliveries
  decide(rules, at(now), [held!])
  const again: Delivery = { ...held!, origin: { source: 'due', attempts: 0, dueAtMs: now.getTime() } }
  const decision = decide(rules, at(now), [again])
  expect(decision).toMatchObject({ decided: [{ outcome: 'held' }], calls: [] })
  expect(sagas.get(held!.sagaId)!.waiting(held!.id)).toMatchObject({ kind: 'retry', attempts: 0 })
})

test('rule 23: a call whose answer never came is made again, as it was; after its last try it is dead', () => {
  const { deliveries, sagas, at } = world(1)
  const [first] = deliveries
  const row = () => sagas.get(first!.sagaId)!.waiting(first!.id)!
  const lost = () => {
    const { attempts, dueAtMs } = row()
    const origin: Origin = { source: 'due', attempts, dueAtMs: dueAtMs! }
    return decide(rules, at(new Date(dueAtMs!)), [{ ...first!, origin }])
  }
  const begun = decide(rules, at(new Date()), [first!])
  expect(begun.calls).toMatchObject([{ attempts: 1, inDoubt: false }])
  const again = lost()
  expect(again.calls).toMatchObject([{ attempts: 2, inDoubt: true, request: begun.calls[0]!.request }])
  const error = new Error('the call was begun and its result is not known')
  expect(lost()).toMatchObject({ decided: [{ outcome: 'dead', attempts: 2, error }], calls: [] })
  expect(row()).toMatchObject({ kind: 'dead', request: { value: begun.calls[0]!.request } })
})
test('rule 17: without the limit of tries it is made for ever', () => {
  const { deliveries, sagas, at } = world(1)
  const [first] = deliveries
  const unlimited = { ...rules, safeguards: { ...everySafeguard, attemptsLimit: false } }
  const ends = [1, 2, 3].map(() => {
    const { attempts, dueAtMs } = sagas.get(first!.sagaId)!.waiting(first!.id) ?? { attempts: 0, dueAtMs: 0 }
    const origin: Origin = attempts === 0 ? first!.origin : { source: 'due', attempts, dueAtMs: dueAtMs! }
    return decide(unlimited, at(new Date(dueAtMs! || Date.now())), [{ ...first!, origin }]).decided[0]!.outcome
  })
  expect(ends).toEqual(['calling', 'calling', 'calling'])
})

test('rule 23: an answer ends the step with the tries that were begun', () => {
  const { deliveries, sagas, at } = world(1)
  const [first] = deliveries
  const [call] = decide(rules, at(new Date()), [first!]).calls
  const { attempts, dueAtMs } = call!
  const origin: Origin = { source: 'result', attempts, dueAtMs, result: { ok: true, response: 5 } }
  expect(decide(rules, at(new Date()), [{ ...first!, origin }]).decided).toMatchObject([{ outcome: 'succeeded' }])
  expect(sagas.get(first!.sagaId)!.fence('charge', 'action')).toMatchObject({ status: 'succeeded', attempts: 1 })
  expect(sagas.get(first!.sagaId)!.waiting(first!.id)).toBeUndefined()
})

describe('rule 23: what is written of a call', () => {
  const begin = () => {
    const { deliveries, sagas, at } = world(1)
    const [first] = deliveries
    const saga = sagas.get(first!.sagaId)!
    const now = new Date()
    return { first: first!, saga, at, now, decision: decide(rules, at(now), [first!]) }
  }
  const row = { step: 'charge', direction: 'action', messageType: 'Charged', endedIds: [] }
  test('that begins: its intent, and when it counts as lost', () => {
    const { first, saga, now, decision } = begin()
    const dueAtMs = now.getTime() + 10 + rules.callGraceMs
    expect(decision.decided).toMatchObject([{ outcome: 'calling', attempts: 1 }])
    expect(decision.calls).toMatchObject([{ attempts: 1, dueAtMs }])
    expect(saga.waiting(first.id)).toMatchObject({ kind: 'calling', attempts: 1, dueAtMs })
    expect(saga.changes().log).toMatchObject([
      { ...row, status: 'calling', messageId: first.id, body: first.message, errorCode: null, attempts: 1 },
    ])
  })
  test('that begins in a step that has refused another message: that one stays refused', () => {
    const { deliveries, sagas, at } = world(1)
    const saga = sagas.get(deliveries[0]!.sagaId)!
    const ended = { messageId: 'before', body: null, errorCode: 'no', attempts: 1, endedIds: ['before'] }
    saga.setFence({ ...row, direction: 'action', status: 'refused', ...ended })
    decide(rules, at(new Date()), deliveries)
    expect(saga.changes().log).toMatchObject([{ status: 'calling', endedIds: ['before'] }])
  })
  test.each([
    ['never began: its try is given back, and no doubt is left', false],
    ['never began this time: an earlier one may have happened', true],
  ])('that %s', (_, inDoubt) => {
    const { first, saga, at, now, decision } = begin()
    const { attempts, dueAtMs, request } = decision.calls[0]!
    const origin: Origin = { source: 'unbegun', attempts, dueAtMs, inDoubt, hold }
    const { decided } = decide(rules, at(now), [{ ...first, origin }])
    expect(decided).toMatchObject([{ outcome: 'held', code: 'no-turn', attempts: 0 }])
    expect(saga.waiting(first.id)).toMatchObject({
      ...{ kind: 'retry', attempts: 0, dueAtMs: now.getTime(), errorCode: 'no-turn', errorMessage: hold.message },
      request: inDoubt ? { value: request } : null,
    })
    expect(saga.changes().log).toMatchObject([
      { ...row, status: 'failed', messageId: first.id, body: first.message, errorCode: 'no-turn', attempts: 0 },
    ])
  })
  test('that is made again and finds no turn: it keeps its try and its doubt', () => {
    const { first, saga, at, decision } = begin()
    const { attempts, dueAtMs, request } = decision.calls[0]!
    const origin: Origin = { source: 'due', attempts, dueAtMs }
    decide(rules, at(new Date(dueAtMs), turnsOf(0)), [{ ...first, origin }])
    expect(saga.waiting(first.id)).toMatchObject({ kind: 'retry', attempts: 1, request: { value: request } })
  })
})

const unbegunBy = (inDoubt: boolean, { attempts, dueAtMs }: Call): Origin => ({
  ...{ source: 'unbegun', attempts, dueAtMs, inDoubt, hold },
  error: new Error('getaddrinfo ENOTFOUND shop.example'),
})
test.each([
  ['has never begun leaves no doubt', false],
  ['may have begun leaves one', true],
])('rule 23: a message that alone finds nobody uses up its tries and dies; what %s', (_name, inDoubt) => {
  const { deliveries, sagas, at } = world(1)
  const [first] = deliveries
  const row = () => sagas.get(first!.sagaId)!.waiting(first!.id)!
  let nowMs = Date.now()
  const ends: string[] = []
  for (let origin: Origin = first!.origin; ends.at(-1) !== 'dead' && ends.length < 5; ) {
    const [call] = decide(rules, at(new Date(nowMs)), [{ ...first!, origin }]).calls
    const ended = { ...first!, origin: unbegunBy(inDoubt, call!) }
    ends.push(decide(rules, at(new Date(nowMs)), [ended]).decided[0]!.outcome)
    nowMs = row().dueAtMs ?? nowMs
    origin = { source: 'due', attempts: row().attempts, dueAtMs: nowMs }
  }
  expect(ends).toEqual(['failed', 'dead'])
  expect(row()).toMatchObject({ kind: 'dead', attempts: 2 })
  expect(row().request !== null).toBe(inDoubt)
})
