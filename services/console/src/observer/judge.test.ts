import fc from 'fast-check'
import type { Declared } from 'saga-kit/operating'
import { expect, test } from 'vitest'
import { type JudgedBy, type Judgement, judge, type SeenEvent, type SeenLetter, type Settlement } from './judge.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second))
const event = (
  on: string,
  topic: string,
  step: string,
  emits: string[],
  o: Partial<Declared['reactions'][0]> = {},
) => ({
  ...{ on, kind: 'event' as const, topic: `${topic}.events.v1`, step, direction: 'action' as const },
  emits: emits.map(type => ({ type, kind: 'event' as const })),
  ...o,
})

/** A hotel: book -> hold a room -> charge -> confirm; a refusal gives the room back, at once or by a timer. */
const declared: Declared[] = [
  {
    ...{ service: 'booking', topic: 'booking.events.v1', letterTopic: 'booking.dlq' },
    reactions: [
      { on: 'Book', kind: 'command', step: 'book', direction: 'action', emits: [{ type: 'Booked', kind: 'event' }] },
      event('Charged', 'payment', 'confirm', ['Confirmed'], { excludes: ['cancel'] }),
      event('Refused', 'payment', 'cancel', ['Cancelled'], { excludes: ['confirm'] }),
      event('RoomFreed', 'rooms', 'record_freed', []),
    ],
  },
  {
    ...{ service: 'rooms', topic: 'rooms.events.v1', letterTopic: 'rooms.dlq' },
    reactions: [
      event('Booked', 'booking', 'hold_room', ['RoomHeld', 'RoomsFull'], { withinMs: 5_000 }),
      event('Cancelled', 'booking', 'hold_room', [], {
        direction: 'compensation',
        emits: [
          { type: 'RoomFreed', kind: 'event' },
          { type: 'KeepOver', kind: 'timer' },
        ],
      }),
      {
        on: 'KeepOver',
        kind: 'timer',
        step: 'free_room',
        direction: 'action',
        emits: [{ type: 'RoomFreed', kind: 'event' }],
      },
    ],
  },
  {
    ...{ service: 'payment', topic: 'payment.events.v1', letterTopic: 'payment.dlq' },
    reactions: [
      event('RoomHeld', 'rooms', 'charge', ['Charged', 'Refused']),
      event('Cancelled', 'booking', 'charge', ['Repaid'], { direction: 'compensation', filtered: true }),
    ],
  },
]

let offset = 0
const seen = (service: string, step: string, type: string, second: number, o: Partial<SeenEvent> = {}): SeenEvent => {
  const { direction = 'action' } = o
  return {
    ...{ id: `s/${step}/${direction}`, source: `/${service}`, service, type },
    ...{ topic: `${service}.events.v1`, offset: offset++ },
    ...{ at: at(second), seenAt: at(second), step, direction, causationId: null, differs: false },
    ...o,
  }
}
const booked = seen('booking', 'book', 'Booked', 1)
const held = seen('rooms', 'hold_room', 'RoomHeld', 2)
const charged = seen('payment', 'charge', 'Charged', 3)
const refused = seen('payment', 'charge', 'Refused', 3)
const confirmed = seen('booking', 'confirm', 'Confirmed', 4)
const cancelled = seen('booking', 'cancel', 'Cancelled', 4)
const freed = seen('rooms', 'hold_room', 'RoomFreed', 5, { direction: 'compensation' })
const freedLater = seen('rooms', 'free_room', 'RoomFreed', 60)

const given = (...events: SeenEvent[]) => ({
  judgedWith(o: { letters?: SeenLetter[]; settlement?: Settlement; by?: Partial<JudgedBy> } = {}): Judgement {
    const by = { declared, isAsked: true, overdueAfterMs: 60_000, ...o.by }
    return judge({ events, letters: o.letters ?? [], settlement: o.settlement ?? null }, by)
  },
})
const saidSettled = (second: number, ending = 'CONFIRMED') => ({
  askedAt: at(second),
  ending,
  settledAt: at(second - 1),
})
const awaitedOf = ({ awaited }: Judgement) =>
  awaited.map(({ service, step, direction, eventType }) => `${service} ${step} ${direction} on ${eventType}`)

test('an event whose reader has not answered: who owes what, since when and by when', () => {
  const judgement = given(booked).judgedWith()
  expect(judgement).toMatchObject({
    state: 'open',
    lastEvent: 'Booked',
    lastStep: 'book',
    events: 1,
    steps: ['hold_room'],
  })
  expect(judgement.awaited).toEqual([
    {
      ...{ service: 'rooms', step: 'hold_room', direction: 'action', eventId: 's/book/action', eventType: 'Booked' },
      ...{ oneOf: ['RoomHeld', 'RoomsFull'], since: at(1).toISOString(), by: at(6).toISOString() },
    },
  ])
  expect(judgement.awaitedBy).toEqual(at(6))
})

test('an answer without a promised time is late after the time of the settings', () => {
  expect(given(booked, held).judgedWith().awaitedBy).toEqual(at(62))
})

test.each([
  ['its own answer', [booked, held, charged, confirmed], []],
  [
    'a step that excludes the reader',
    [booked, held, charged, cancelled],
    ['rooms hold_room compensation on Cancelled'],
  ],
  ['the compensation of the action that is owed', [booked, freed], []],
  ['the step of a timer that the reader has set', [booked, held, refused, cancelled, freedLater], []],
])('nothing more is awaited of a reader after %s', (_, events, awaited) => {
  expect(awaitedOf(given(...events).judgedWith())).toEqual(awaited)
})

test('who publishes nothing, or may ignore the event, owes nothing that could be seen', () => {
  // record_freed publishes nothing, and payment's filter may ignore Cancelled.
  expect(awaitedOf(given(booked, held, refused, cancelled, freed).judgedWith())).toEqual([])
})

test('an event of the same name on another topic is another event', () => {
  const foreign = seen('spa', 'book', 'Booked', 1)
  expect(given(foreign).judgedWith().awaited).toEqual([])
})

test('events alone do not settle a saga that somebody settles: he is asked soon, and it is late in the end', () => {
  const judgement = given(booked, held, charged, confirmed).judgedWith()
  expect(judgement).toMatchObject({ state: 'open', ending: null, settledAt: null, awaitedBy: at(64) })
  expect(judgement.askInMs).toBeLessThan(given(booked).judgedWith().askInMs!)
})

test('where nobody settles sagas, one is settled when nothing is awaited', () => {
  const by = { isAsked: false }
  expect(given(booked, held, charged, confirmed).judgedWith({ by })).toMatchObject({
    state: 'settled',
    settledAt: at(4),
    askInMs: null,
  })
  expect(given(booked).judgedWith({ by })).toMatchObject({ state: 'open', askInMs: null })
})

test('who settles it has the last word on what was seen before: a step may have been refused', () => {
  const judgement = given(booked, held, charged).judgedWith({ settlement: saidSettled(10) })
  expect(judgement).toMatchObject({
    state: 'settled',
    ending: 'CONFIRMED',
    settledAt: at(9),
    awaited: [],
    awaitedBy: null,
    askInMs: null,
  })
})

test('a saga that nobody who settles sagas knows is settled when nothing is awaited, and is asked for again when it goes on', () => {
  const settlement = { askedAt: at(10), ending: null, settledAt: null }
  const done = [booked, held, charged, confirmed]
  expect(given(...done).judgedWith({ settlement })).toMatchObject({ state: 'settled', ending: null, askInMs: null })
  expect(given(booked).judgedWith({ settlement })).toMatchObject({ state: 'open' })
  const late = { ...freed, seenAt: at(11) }
  expect(given(...done, late).judgedWith({ settlement }).askInMs).not.toBeNull()
})

test('an event that comes after it was said to be settled may open it again', () => {
  const late = { ...cancelled, at: at(11), seenAt: at(11) }
  const judgement = given(booked, held, charged, confirmed, late).judgedWith({ settlement: saidSettled(10) })
  expect(judgement).toMatchObject({ state: 'open', settledAt: null, steps: ['hold_room'] })
  expect(judgement.askInMs).not.toBeNull()
})

test('an event that comes late, and to which nobody owes anything, does not', () => {
  const late = { ...freed, seenAt: at(11) }
  const judgement = given(booked, held, refused, cancelled, late).judgedWith({
    settlement: saidSettled(10, 'CANCELLED'),
  })
  expect(judgement).toMatchObject({ state: 'settled', ending: 'CANCELLED' })
  expect(judgement.askInMs).not.toBeNull()
})

test('an open letter blocks it; the oldest names the error', () => {
  const letters = [
    { step: 'notify', errorCode: 'no-mail', diedAt: at(9) },
    { step: 'charge', errorCode: 'handler-threw', diedAt: at(8) },
  ]
  const judgement = given(booked, held).judgedWith({ letters })
  expect(judgement).toMatchObject({ state: 'blocked', errorCode: 'handler-threw', steps: ['charge', 'notify'] })
  expect(given(booked, held).judgedWith({ letters, settlement: saidSettled(10) }).state).toBe('blocked')
})

test('a saga of which only a letter has been seen', () => {
  const letters = [{ step: null, errorCode: 'undecodable', diedAt: at(8) }]
  expect(given().judgedWith({ letters })).toMatchObject({ state: 'blocked', events: 0, lastAt: null, steps: [] })
})

test('whatever the order in which events are seen, and however often, the judgement is the same', () => {
  const all = [booked, held, charged, confirmed, cancelled, freed, freedLater]
  const letters = [
    { step: 'notify', errorCode: 'no-mail', diedAt: at(9) },
    { step: 'charge', errorCode: 'handler-threw', diedAt: at(8) },
  ]
  const some = fc.subarray(all, { minLength: 1 })
  fc.assert(
    fc.property(
      some.chain(events =>
        fc.record({
          events: fc.constant(events),
          again: fc
            .shuffledSubarray(events)
            .chain(more => fc.shuffledSubarray([...events, ...more], { minLength: events.length + more.length })),
          letters: fc.subarray(letters),
          settlement: fc.option(
            fc.integer({ min: 2, max: 70 }).map(second => saidSettled(second)),
            { nil: undefined },
          ),
          isAsked: fc.boolean(),
        }),
      ),
      ({ events, again, letters: some, settlement, isAsked }) => {
        const by = { isAsked }
        const o = settlement ? { settlement, by } : { by }
        const inOrder = given(...events).judgedWith({ ...o, letters: some })
        expect(given(...again).judgedWith({ ...o, letters: some.toReversed() })).toEqual(inOrder)
      },
    ),
  )
})
