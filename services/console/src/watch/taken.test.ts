import fc from 'fast-check'
import { expect, test } from 'vitest'
import { play, sagaId, seenEvent, tickMs } from './hotel.fixture.ts'
import { takenIn } from './taken.ts'

const booked = seenEvent('desk: Booked by book', { causationId: 'desk/POST /Book/ann/1' })
const reserved = seenEvent('room: Reserved by reserve', { causationId: booked.id, at: new Date(250) })
const all = () => true
const operation = (service: string, step: string, direction = 'action') => ({ service, step, direction })

test('an event, a request and a timer that were answered', () => {
  const cleaned = seenEvent('room: Freed by free_cleaned', { causationId: `room/${sagaId}/CleaningEnds` })
  expect(takenIn(sagaId, [booked, reserved, cleaned], all)).toEqual([
    expect.objectContaining({
      kind: 'command',
      message: '',
      from: null,
      to: operation('desk', 'book'),
      latencyMs: null,
    }),
    expect.objectContaining({
      ...{ kind: 'event', message: 'Booked', from: operation('desk', 'book'), to: operation('room', 'reserve') },
      latencyMs: 250,
    }),
    expect.objectContaining({
      kind: 'timer',
      message: 'CleaningEnds',
      from: null,
      to: operation('room', 'free_cleaned'),
    }),
  ])
})

test('a request whose path names the saga is no timer', () => {
  const cancelled = seenEvent('desk: Cancelled by cancel', { causationId: `desk/POST /stays/${sagaId}/cancel/ann/1` })
  expect(takenIn(sagaId, [cancelled], all)).toMatchObject([{ kind: 'command', message: '' }])
})

test('several events of one step are one answer', () => {
  const second = { ...reserved, id: `${reserved.id}/1`, type: 'Upgraded' }
  expect(takenIn(sagaId, [booked, reserved, second], event => event !== booked)).toHaveLength(1)
})

test('an event whose id names no step has a publisher all the same', () => {
  const odd = seenEvent('bar: Served', { causationId: reserved.id })
  expect(takenIn(sagaId, [reserved, odd], event => event === odd)[0]).toMatchObject({
    ...{ message: 'Reserved', to: operation('bar', '') },
  })
})

test('a clock behind the other makes no negative time', () =>
  expect(takenIn(sagaId, [{ ...booked, at: new Date(900) }, reserved], all)[1]).toMatchObject({ latencyMs: 0 }))

test('each edge counts once, however the topics bring the events', () =>
  fc.assert(
    fc.property(fc.gen(), draw => {
      const events = play(n => (n > 1 ? draw(fc.nat, { max: n - 1 }) : 0))
      const together = takenIn(sagaId, events, all)
      expect(together.filter(({ latencyMs }) => latencyMs !== null && latencyMs % tickMs !== 0)).toEqual([])

      const arriving = draw(fc.shuffledSubarray, events, { minLength: events.length, maxLength: events.length })
      const counted = arriving.flatMap((event, at) =>
        takenIn(sagaId, arriving.slice(0, at + 1), each => each === event),
      )
      const text = (each: object) => JSON.stringify(each)
      expect(counted.map(text).toSorted()).toEqual(together.map(text).toSorted())
    }),
  ))
