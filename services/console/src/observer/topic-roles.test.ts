import { expect, test } from 'vitest'
import { topicRoles } from './topic-roles.ts'

const rooms = { service: 'rooms', topic: 'rooms.events.v1', letterTopic: 'rooms.dlq' }
const reading = (topic: string) => ({
  ...{ on: 'Booked', kind: 'event' as const, topic, step: 'hold_room', direction: 'action' as const, emits: [] },
})

test('all is read that anybody declares to write or to read, and what they declare it on', () => {
  const declared = [{ ...rooms, reactions: [reading('booking.events.v1'), reading('rooms.events.v1')] }]
  const { roles, conflicts } = topicRoles(declared, 'demo.')
  expect(conflicts).toEqual([])
  expect([...roles].sort()).toEqual([
    ['demo.booking.events.v1', { carries: 'events', service: '' }],
    ['demo.rooms.dlq', { carries: 'letters', service: 'rooms' }],
    ['demo.rooms.events.v1', { carries: 'events', service: 'rooms' }],
    ['demo.saga.declarations', { carries: 'declarations', service: '' }],
  ])
})

test.each([{ topic: 'saga.declarations' }, { letterTopic: 'saga.declarations' }])(
  'declarations are read whoever declares %o',
  claims => {
    const { roles } = topicRoles([{ ...rooms, reactions: [], ...claims }], '')
    expect(roles.get('saga.declarations')?.carries).toBe('declarations')
  },
)

const declaring = (service: string, o: { topic?: string; letterTopic?: string }) => ({
  ...{ service, letterTopic: `${service}.dlq`, reactions: [] },
  ...o,
})
test.each<[string, Parameters<typeof declaring>[1], string, string, string]>([
  [
    "another's letters as its letters",
    { letterTopic: 'rooms.dlq' },
    'rooms.dlq',
    'letters rooms',
    'it is the topic of rooms',
  ],
  [
    "another's letters as its events",
    { topic: 'rooms.dlq' },
    'rooms.dlq',
    'letters rooms',
    'rooms has its letters there, not events',
  ],
  [
    "another's events as its letters",
    { letterTopic: 'rooms.events.v1' },
    'rooms.events.v1',
    'events rooms',
    'it is the topic of rooms',
  ],
])(
  'who declares %s is not believed, wherever it stands among the others, and is named',
  (_, claims, topic, role, why) => {
    for (const service of ['aaa', 'zzz']) {
      const declared = [{ ...rooms, reactions: [] }, declaring(service, claims)].sort((a, b) =>
        a.service < b.service ? -1 : 1,
      )
      const { roles, conflicts } = topicRoles(declared, '')
      expect(`${roles.get(topic)?.carries} ${roles.get(topic)?.service}`).toBe(role)
      expect(conflicts).toEqual([{ service, topic, why }])
    }
  },
)

test('letters on a topic of another name are read while one service alone declares them there', () => {
  const one = declaring('spa', { letterTopic: 'spa.letters' })
  expect(topicRoles([one], '').roles.get('spa.letters')).toEqual({ carries: 'letters', service: 'spa' })
  const both = topicRoles([one, declaring('bar', { letterTopic: 'spa.letters' })], '')
  expect(both.roles.has('spa.letters')).toBe(false)
  expect(both.conflicts.map(({ service }) => service)).toEqual(['spa', 'bar'])
})
