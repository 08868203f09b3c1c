import { expect, test } from 'vitest'
import { topicRoles } from './topic-roles.ts'

const rooms = { service: 'rooms', topic: 'rooms.events.v1', letterTopic: 'rooms.dlq' }
const reading = (topic: string) => ({
  ...{ on: 'Booked', kind: 'event' as const, topic, step: 'hold_room', direction: 'action' as const, emits: [] },
})

test('all is read that anybody declares to write or to read, and what they declare it on', () => {
  const declared = [{ ...rooms, reactions: [reading('booking.events.v1'), reading('rooms.events.v1')] }]
  expect([...topicRoles(declared, 'demo.')].sort()).toEqual([
    ['demo.booking.events.v1', { carries: 'events', service: '' }],
    ['demo.rooms.dlq', { carries: 'letters', service: 'rooms' }],
    ['demo.rooms.events.v1', { carries: 'events', service: 'rooms' }],
    ['demo.saga.declarations', { carries: 'declarations', service: '' }],
  ])
})

test.each([{ topic: 'saga.declarations' }, { letterTopic: 'saga.declarations' }])(
  'declarations are read whoever declares %o',
  claims => {
    const roles = topicRoles([{ ...rooms, reactions: [], ...claims }], '')
    expect(roles.get('saga.declarations')?.carries).toBe('declarations')
  },
)
