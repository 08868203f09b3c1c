import { expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { Acknowledged } from './acknowledged.ts'
import type { CommittedRow } from './save-outbox.ts'

const [s, t] = [newSagaId(), newSagaId()]
const row = (n: number, sagaId: string, o: Partial<CommittedRow> = {}): CommittedRow => ({
  ...{ seq: 7, n, sagaId, topic: 't', partition: 0, key: null, headers: {}, body: null, deferred: false, ...o },
})
const standingOf = (acknowledged: Acknowledged) => acknowledged.standing(new Set([s, t])).map(({ n }) => n)

test('a bundle is deleted as one, when the last of its events is acknowledged', () => {
  const acknowledged = new Acknowledged()
  acknowledged.committed([row(0, s), row(1, t), row(2, s)])
  acknowledged.add([{ seq: 7, n: 2 }])
  expect([acknowledged.take(), standingOf(acknowledged)]).toEqual([[], [0, 1]])
  acknowledged.add([
    { seq: 7, n: 0 },
    { seq: 7, n: 1 },
  ])
  // Until its deletion has committed it stands there, and holds nothing up.
  const taken = acknowledged.take()
  expect([taken, standingOf(acknowledged), acknowledged.ownTransactions]).toEqual([[{ seq: 7, n: 0 }], [], [7]])
  acknowledged.giveBack(taken)
  expect([acknowledged.take(), acknowledged.ownTransactions]).toEqual([taken, [7]])
  acknowledged.deleted(taken)
  expect(acknowledged.ownTransactions).toEqual([])
})

test('each partition has a bundle of its own, and what is deferred is in none', () => {
  const acknowledged = new Acknowledged()
  acknowledged.committed([row(0, s), row(1, t, { partition: 1 }), row(2, s, { deferred: true })])
  acknowledged.add([{ seq: 7, n: 1 }])
  expect([acknowledged.take(), standingOf(acknowledged)]).toEqual([[{ seq: 7, n: 1 }], [0]])
  // The sweeper's row, with the place of no event of a bundle.
  acknowledged.add([{ seq: 7, n: 2 }])
  expect(acknowledged.take()).toEqual([{ seq: 7, n: 2 }])
})

test('what is left of a bundle holds up its saga until it is a row, and the rest of the bundle does not', () => {
  const acknowledged = new Acknowledged()
  acknowledged.committed([row(0, s), row(1, t)])
  acknowledged.left([{ seq: 7, n: 1 }])
  // The other event is still on its way: it may be acknowledged, or left too.
  expect([acknowledged.leftBundles, standingOf(acknowledged)]).toEqual([[], [0, 1]])
  acknowledged.add([{ seq: 7, n: 0 }])
  expect(acknowledged.leftBundles).toEqual([{ seq: 7, n: 0, rows: [row(1, t)] }])
  expect([acknowledged.take(), standingOf(acknowledged), acknowledged.ownTransactions]).toEqual([[], [1], [7]])
  acknowledged.forget({ seq: 7, n: 0 })
  expect([acknowledged.leftBundles, standingOf(acknowledged), acknowledged.ownTransactions]).toEqual([[], [], []])
})

test('an acknowledgement that comes when the sweeper has made rows of its bundle is that of a row', () => {
  const acknowledged = new Acknowledged()
  acknowledged.committed([row(0, s), row(1, t)])
  acknowledged.forget({ seq: 7, n: 0 })
  acknowledged.add([{ seq: 7, n: 1 }])
  expect(acknowledged.take()).toEqual([{ seq: 7, n: 1 }])
  expect(standingOf(acknowledged)).toEqual([])
})
