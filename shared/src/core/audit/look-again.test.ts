import { expect, test } from 'vitest'
import { scriptedSource, statement } from '../../testing/audit-sources.fixture.ts'
import type { Statement } from './figures.ts'
import { lookAgain } from './look-again.ts'

const settled = statement('a', { ending: 'CONFIRMED', settledAt: '2026-01-01T00:00:00.000Z', figures: { paid: 5 } })
const paid = statement('a', { figures: { paid: 5 } })

/** What is said of saga `a` when it becomes another between the two readings of who settles it. */
async function saidWhen(first: Statement | undefined, second: Statement | undefined) {
  const order = scriptedSource('order', { settles: true, sagas: first ? [first] : [] })
  const becomes = () => (second ? order.sagas.set('a', second) : order.sagas.delete('a'))
  const balance = scriptedSource('balance', { sagas: [paid], beforeRead: becomes })
  const still = scriptedSource('refunds', { settles: true })
  const [again] = await lookAgain([order, still], [balance], ['a'])
  return again!.said && [...again!.said]
}

test.each<[string, Statement | undefined, Statement | undefined]>([
  ['another ending', settled, { ...settled, ending: 'REFUNDED' }],
  ['another time', settled, { ...settled, settledAt: '2026-01-02T00:00:00.000Z' }],
  ['other figures', settled, { ...settled, figures: { paid: 0 } }],
  ['a beginning', undefined, statement('a', { ending: 'PENDING' })],
  ['an end of all that is known of it', settled, undefined],
])('%s between the two readings: it has moved on', async (_, first, second) =>
  expect(await saidWhen(first, second)).toBeUndefined(),
)
test('what does not settle it may change: the others spoke of it as it was', async () =>
  expect(await saidWhen(settled, { ...settled, openLetter: true })).toEqual([
    ['order', { ...settled, openLetter: true }],
    ['balance', paid],
  ]))
test('one that nobody who settles sagas knows, at both readings, stands as the others know it', async () =>
  expect(await saidWhen(undefined, undefined)).toEqual([['balance', paid]]))
test('each of those that are looked at stands or falls by itself', async () => {
  const order = scriptedSource('order', { settles: true, sagas: [settled, { ...settled, sagaId: 'b' }] })
  const becomes = () => order.sagas.set('a', { ...settled, ending: 'REFUNDED' })
  const balance = scriptedSource('balance', { beforeRead: becomes })
  expect(await lookAgain([order], [balance], ['a', 'b'])).toEqual([
    { sagaId: 'a', said: undefined },
    { sagaId: 'b', said: new Map([['order', { ...settled, sagaId: 'b' }]]) },
  ])
})
