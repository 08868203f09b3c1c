import { expect, test } from 'vitest'
import { declaration, declarationIn } from './declarations.ts'

const reaction = { on: 'Booked', kind: 'event', step: 'hold_room', direction: 'action', emits: [] }
const rooms = { service: 'rooms', letterTopic: 'rooms.dlq', reactions: [{ ...reaction, withinMs: 5_000 }] }

test('a declaration is taken as it stands', () => {
  expect(declaration.parse(rooms)).toEqual(rooms)
})

test.each<[string, object]>([
  ['a time that no date can take', { reactions: [{ ...reaction, withinMs: 1e300 }] }],
  ['a time before the event', { reactions: [{ ...reaction, withinMs: -1 }] }],
  ['a step that no index takes', { reactions: [{ ...reaction, step: 'x'.repeat(3_000) }] }],
  ['reactions by the thousand', { reactions: Array.from({ length: 1_001 }, () => reaction) }],
  [
    'what it emits by the hundred',
    { reactions: [{ ...reaction, emits: Array(201).fill({ type: 'X', kind: 'event' }) }] },
  ],
  ['an address without an end', { adminUrl: `http://rooms/${'x'.repeat(3_000)}` }],
])('%s is no declaration, since all events are judged by it', (_, more) => {
  expect(declaration.safeParse({ ...rooms, ...more }).success).toBe(false)
})

test('a record speaks for the service of its key alone', () => {
  expect(declarationIn('rooms', rooms)).toEqual({ declared: rooms })
  expect(declarationIn('stranger', rooms)).toEqual({
    why: "declares itself as rooms: a record's key must be the name of its service",
  })
})
