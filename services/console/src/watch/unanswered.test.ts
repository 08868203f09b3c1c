import { expect, test } from 'vitest'
import { hotel } from './hotel.fixture.ts'
import type { Operation } from './taken.ts'
import { type PublishedEvent, unanswered } from './unanswered.ts'

const operation = (service: string, step: string, direction: Operation['direction'] = 'action'): Operation => ({
  ...{ service, step, direction },
})
const published = (type: string, by: Operation, seen = 6): PublishedEvent => ({ type, by, seen })
const bookings = published('Booked', operation('desk', 'book'))
const cancellations = published('Cancelled', operation('desk', 'cancel'))
const answersOf = (...operations: Operation[]) => operations.map(to => ({ to }))
const found = (events: PublishedEvent[], answers: { to: Operation }[] = []) =>
  unanswered(hotel, events, answers).map(
    ({ message, service, step, direction }) => `${message} ${service} ${step} ${direction}`,
  )

test('an event that its reader never answers, once it was published more than a few times', () => {
  expect(unanswered(hotel, [bookings], [])).toEqual([
    { message: 'Booked', service: 'room', step: 'reserve', direction: 'action', published: 6 },
  ])
  expect(found([{ ...bookings, seen: 5 }])).toEqual([])
  expect(found([bookings], answersOf(operation('room', 'reserve')))).toEqual([])
})

test('whoever answers something else stays unanswered for', () =>
  expect(found([bookings], answersOf(operation('pay', 'pay')))).toEqual(['Booked room reserve action']))

test('a step that a faster one excludes, or that was undone before it began, is not missed', () => {
  const payments = published('Paid', operation('pay', 'pay'))
  expect(found([payments])).toEqual(['Paid desk confirm action'])
  expect(found([payments], answersOf(operation('desk', 'cancel')))).toEqual([])
  expect(found([bookings], answersOf(operation('room', 'reserve', 'compensation')))).toEqual([])
})

test('an answer that comes later, by a timer, is one', () =>
  expect(found([cancellations], answersOf(operation('room', 'free_cleaned')))).toEqual([
    'Cancelled pay pay compensation',
  ]))

test('of two steps that publish the same event either may be the silent one', () => {
  const desk = hotel[0]!
  const completing = desk.reactions.map(r =>
    r.on === 'Repaid' ? { ...r, emits: [{ type: 'Confirmed', kind: 'event' as const }] } : r,
  )
  const declared = [{ ...desk, reactions: completing }, ...hotel.slice(1)]
  expect(unanswered(declared, [published('Repaid', operation('pay', 'pay', 'compensation'))], [])).toEqual([])
})

test('a step that publishes nothing, or may ignore the event, is not waited for', () => {
  expect(found([published('Repaid', operation('pay', 'pay', 'compensation'))])).toEqual([])
  const filtered = hotel.map(each => ({
    ...each,
    reactions: each.reactions.map(r => (r.on === 'Booked' ? { ...r, filtered: true } : r)),
  }))
  expect(unanswered(filtered, [bookings], [])).toEqual([])
})
