import { expect, test } from 'vitest'
import { choreographyOf, type SeenEdge } from './choreography-view.ts'
import { hotel } from './hotel.fixture.ts'
import { addBuckets, bucketsOf } from './latencies.ts'
import type { Operation, Taken } from './taken.ts'

const operation = (text: string): Operation => {
  const [, service = '', undo, step = ''] = /^(\w+): (undo )?(\w*)$/.exec(text)!
  return { service, step, direction: undo ? 'compensation' : 'action' }
}
const seen = (message: string, from: string | null, to: string, o: Partial<SeenEdge> = {}): SeenEdge => ({
  ...{
    kind: 'event' satisfies Taken['kind'],
    message,
    from: from === null ? null : operation(from),
    to: operation(to),
  },
  ...{ seen: 1, buckets: bucketsOf(80), lastAt: new Date('2026-01-31T12:00:00Z') },
  ...o,
})
const view = (rows: readonly SeenEdge[], o: { declared?: typeof hotel; earlier?: typeof hotel } = {}) =>
  choreographyOf({ declared: hotel, earlier: [], ...o, seen: rows, minutes: 60 })
const standings = (rows: readonly SeenEdge[], o?: Parameters<typeof view>[1]) =>
  Object.fromEntries(
    view(rows, o).edges.map(({ from, message, to, standing }) => [`${from} -${message}-> ${to}`, standing]),
  )

test('every declared edge is there before anything was seen, in its nodes', () => {
  const { nodes, edges, findings } = view([])
  expect(standings([])).toEqual({
    'outside/Book -Book-> desk/book/action': 'unseen',
    'outside/Cancel -Cancel-> desk/cancel/action': 'unseen',
    'desk/book/action -Booked-> room/reserve/action': 'unseen',
    'pay/pay/action -Paid-> desk/confirm/action': 'unseen',
    'pay/pay/action -Unpaid-> desk/cancel/action': 'unseen',
    'desk/cancel/action -Cancelled-> room/reserve/compensation': 'unobservable',
    'desk/cancel/action -Cancelled-> pay/pay/compensation': 'unseen',
    'room/reserve/compensation -CleaningEnds-> room/free_cleaned/action': 'unobservable',
    'room/reserve/action -Reserved-> pay/pay/action': 'unseen',
    // It only notes that it was so.
    'pay/pay/compensation -Repaid-> desk/note_repaid/action': 'unobservable',
  })
  const ids = nodes.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { from, to } of edges) expect(ids).toEqual(expect.arrayContaining([from, to]))
  expect(nodes.find(({ id }) => id === 'outside/Book')).toMatchObject({ kind: 'command', label: 'Book' })
  expect(findings.map(({ kind }) => kind)).toContain('event-unread')
})

test('turns back: a no, an undoing, and what comes of it', () =>
  expect(
    view([])
      .edges.filter(({ turnsBack }) => turnsBack)
      .map(({ message }) => message)
      .toSorted(),
  ).toEqual(['Cancelled', 'Cancelled', 'CleaningEnds', 'Repaid', 'Unpaid']))

test('what was seen of an edge: how often, how fast, and when last', () => {
  const buckets = Array.from({ length: 30 }, () => bucketsOf(80)).reduce(addBuckets)
  const later = new Date('2026-01-31T12:30:00Z')
  const rows = [seen('Reserved', 'room: reserve', 'pay: pay', { seen: 30, buckets, lastAt: later })]
  const edge = view(rows).edges.find(({ message }) => message === 'Reserved')!
  expect(edge).toMatchObject({ standing: 'seen', seen: 30, perMinute: 0.5, lastAt: later.toISOString() })
  expect(edge).toMatchObject({ p50WithinMs: 100, p95WithinMs: 100 })
})

test('requests and timers, of which the sender is not seen', () => {
  const rows = [
    seen('', null, 'desk: book', { kind: 'command' }),
    seen('CleaningEnds', null, 'room: free_cleaned', { kind: 'timer' }),
  ]
  expect(Object.values(standings(rows)).filter(standing => standing === 'undeclared')).toEqual([])
  expect(standings(rows)).toMatchObject({
    'outside/Book -Book-> desk/book/action': 'seen',
    'room/reserve/compensation -CleaningEnds-> room/free_cleaned/action': 'seen',
  })
})

test('an edge that nobody declares: a stranger, a step that answers what it does not read, a timer, a request', () => {
  const rows = [
    seen('Booked', 'desk: book', 'bar: serve'),
    seen('Booked', 'desk: book', 'pay: pay'),
    seen('Booked', 'room: reserve', 'pay: pay'),
    seen('Midnight', null, 'room: free_cleaned', { kind: 'timer' }),
    seen('', null, 'pay: pay', { kind: 'command' }),
    seen('Reserved', 'room: reserve', 'bar: '),
  ]
  const { edges, nodes } = view(rows)
  const undeclared = edges.filter(({ standing }) => standing === 'undeclared')
  expect(undeclared.map(({ from, message, to }) => `${from} -${message}-> ${to}`)).toEqual([
    'desk/book/action -Booked-> bar/serve/action',
    'desk/book/action -Booked-> pay/pay/action',
    'room/reserve/action -Booked-> pay/pay/action',
    'outside/a timer -Midnight-> room/free_cleaned/action',
    'outside/a request -a request-> pay/pay/action',
    'room/reserve/action -Reserved-> bar//action',
  ])
  expect(nodes.find(({ id }) => id === 'bar/serve/action')).toMatchObject({
    kind: 'outside',
    service: 'bar',
    label: 'serve',
  })
  expect(nodes.find(({ id }) => id === 'pay/pay/action')).toMatchObject({ kind: 'step' })
})

test('what an earlier version declared is not undeclared', () => {
  const declared = hotel.filter(({ service }) => service !== 'pay')
  const rows = [seen('Reserved', 'room: reserve', 'pay: pay')]
  expect(Object.values(standings(rows, { declared }))).toContain('undeclared')
  expect(Object.values(standings(rows, { declared, earlier: hotel }))).not.toContain('undeclared')
})
