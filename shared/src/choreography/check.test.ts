import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkChoreography } from './check.ts'
import type { Declared, DeclaredReaction, Emission } from './declared.ts'
import { findingCodes } from './finding.ts'

const emission = (type: string): Emission =>
  type.endsWith('?') ? { type: type.slice(0, -1), kind: 'event', rejects: true } : { type, kind: 'event' }
/** `Paid?` among what is emitted is a no. */
const on = (on: string, step: string, emits: string[], o: Partial<DeclaredReaction> = {}): DeclaredReaction => ({
  ...{ on, kind: 'event', step, direction: 'action', emits: emits.map(emission), undoneBy: step },
  ...o,
})
const command = { kind: 'command' } as const
const never = { undoneBy: undefined }
const undo = { direction: 'compensation', undoneBy: undefined } as const
const service = (service: string, reactions: DeclaredReaction[], o: Partial<Declared> = {}): Declared => ({
  ...{ service, topic: `${service}.events`, reactions },
  ...o,
})

/** An order reserves a room and is paid; what is not paid, or is cancelled, gives the room back. */
const order = service(
  'order',
  [
    on('Place', 'place', ['Placed'], { ...command, ...never }),
    on('Paid', 'confirm', ['Confirmed'], { ...never, excludes: ['cancel'] }),
    on('Cancel', 'cancel', ['Cancelled'], { ...command, ...never }),
    on('Unpaid', 'cancel', ['Cancelled'], never),
  ],
  { final: ['Confirmed'] },
)
const room = service('room', [on('Placed', 'reserve', ['Reserved']), on('Cancelled', 'reserve', ['Freed'], undo)])
const pay = service('pay', [on('Reserved', 'pay', ['Paid', 'Unpaid?']), on('Cancelled', 'pay', ['Repaid'], undo)])
const desk = service('desk', [on('Freed', 'note_freed', [], never), on('Repaid', 'note_repaid', [], never)])
const hotel = [order, room, pay, desk]
const without = (participant: Declared, type: string): Declared => ({
  ...participant,
  reactions: participant.reactions.filter(each => each.on !== type),
})
const found = (...declared: Declared[]) =>
  checkChoreography(declared).map(({ code, service, step, event }) => `${code} ${service} ${step} ${event}`)

test('nothing is wrong with participants that fit together, in whatever order they are told', () => {
  expect(found(...hotel)).toEqual([])
  expect(found(...hotel.toReversed())).toEqual([])
})

test('an event that nobody reads, unless it is final', () => {
  expect(found(order, room, pay)).toEqual(['event-unread pay pay Repaid', 'event-unread room reserve Freed'])
  expect(found({ ...order, final: [] }, room, pay, desk)).toEqual(['event-unread order confirm Confirmed'])
})

test('an event that nobody publishes, or on another topic than it is waited for', () => {
  expect(found(order, room, desk, without(pay, 'Reserved'))).toContain('event-unpublished order confirm Paid')
  const elsewhere = service('late', [on('Placed', 'deliver', [], { ...never, topic: 'old.events' })])
  expect(checkChoreography([...hotel, elsewhere])).toEqual([
    expect.objectContaining({
      code: 'event-unpublished',
      text: expect.stringMatching(/on old\.events.*order publishes one of that name on order\.events/),
    }),
  ])
})

test('a timer that nobody sets here, though another participant sets one of that name', () => {
  const late = service('late', [on('TooLate', 'expire', [], { ...never, kind: 'timer' })])
  const timer: Emission = { type: 'TooLate', kind: 'timer' }
  const other = service('other', [
    { ...on('Placed', 'wait', [], never), emits: [timer] },
    on('TooLate', 'give_up', [], { ...never, kind: 'timer' }),
  ])
  expect(found(...hotel, late, other)).toEqual(['timer-unset late expire TooLate'])
})

test('an action that a cancellation does not undo', () => {
  const { service, topic, reactions } = pay
  const keeps = { service, topic, reactions: reactions.slice(0, 1) }
  expect(found(order, room, keeps, without(desk, 'Repaid'))).toEqual(['compensation-missing pay pay Cancelled'])
})

test('an action that a no does not undo, though a cancellation does', () => {
  const deaf = without(order, 'Unpaid')
  const told = service('mail', [on('Unpaid', 'tell', [], never)])
  expect(found(deaf, room, pay, desk, told)).toEqual(['compensation-missing room reserve Unpaid'])
})

test('a compensation far behind the failure counts; what is undone never need not be', () => {
  const slow = service('room', [on('Placed', 'reserve', ['Reserved']), on('Repaid', 'reserve', ['Freed'], undo)])
  expect(found(order, slow, pay, without(desk, 'Repaid'))).toEqual([])
  const gift = service('gift', [on('Reserved', 'send_gift', [], never)])
  expect(found(...hotel, gift)).toEqual([])
})

test('what follows from a step need not be undone because of one that it excludes', () => {
  const points = service('points', [on('Confirmed', 'earn', [])])
  expect(found(...hotel, points)).toEqual([])
  const unaware = {
    ...order,
    reactions: order.reactions.map(each => ({ ...each, excludes: [] })),
  }
  expect(found(unaware, room, pay, desk, points)).toEqual(['compensation-missing points earn Cancelled'])
})

test('what comes of a failure is no failure anew: a refund that makes others undo more need not undo all', () => {
  const chain = service('points', [on('Placed', 'earn', []), on('Freed', 'earn', [], undo)])
  expect(found(...hotel, chain)).toEqual([])
})

test('a circle without an exit, and one without an entry', () => {
  const ping = (o: Partial<DeclaredReaction> = {}) =>
    service('ping', [on('Pong', 'ping', ['Ping'], { ...never, ...o })])
  const pong = (...more: string[]) =>
    service('pong', [on('Ping', 'pong', ['Pong', ...more], never)], { final: ['Ended'] })
  expect(found(ping(), pong())).toEqual(['cycle-without-exit ping ping Pong', 'cycle-without-entry ping ping Pong'])
  expect(found(ping(), pong('Ended'))).toEqual(['cycle-without-entry ping ping Pong'])
  const start = { ...pong(), reactions: [...pong().reactions, on('Go', 'serve', ['Pong'], { ...command, ...never })] }
  expect(found(ping(), start)).toEqual(['cycle-without-exit ping ping Pong'])
})

test('rule 15: a step name that two participants use', () => {
  const mail = service('mail', [on('Confirmed', 'pay', [], never)])
  expect(found(...hotel, mail)).toEqual(['step-shared pay pay Reserved'])
})

test('each finding names its participant, its step, the event and a remedy; the docs list each code', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  for (const code of findingCodes) expect(page).toContain(`\n| \`${code}\` |`)
  const findings = checkChoreography([{ ...order, final: [] }, without(room, 'Cancelled'), without(pay, 'Reserved')])
  expect(findings.length).toBeGreaterThan(3)
  for (const { text, service, step, event } of findings) {
    for (const name of [service, step, event]) expect(text).toContain(name)
    expect(text).toMatch(/: let |: set it|: rename /)
  }
})
