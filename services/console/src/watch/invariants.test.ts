import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hotel, play, sagaId, seenEvent } from './hotel.fixture.ts'
import { invariants } from './invariants.ts'
import type { SeenEvent } from './seen-saga.ts'

const broken = (
  events: readonly SeenEvent[],
  o: { settled?: boolean; whole?: boolean; declared?: typeof hotel } = {},
) => {
  const { settled = true, whole = true, declared = hotel } = o
  return invariants.flatMap(({ name, broken }) =>
    broken({ sagaId, events, settled, whole }, declared).map(text => `${name}: ${text}`),
  )
}
/** All that a stay can come to, by the choices that it is made with. */
const stay = fc.gen().map(draw => play(n => (n > 1 ? draw(fc.nat, { max: n - 1 }) : 0)))

const booked = seenEvent('desk: Booked by book', { causationId: 'desk/POST /Book/ann/1' })
const reserved = seenEvent('room: Reserved by reserve', { causationId: booked.id })
const paid = seenEvent('pay: Paid by pay', { causationId: reserved.id })
const confirmed = seenEvent('desk: Confirmed by confirm', { causationId: paid.id, offset: 1 })
const cancelled = seenEvent('desk: Cancelled by cancel', { causationId: 'desk/POST /Cancel/ann/2', offset: 2 })
const compensation = { direction: 'compensation', causationId: cancelled.id, offset: 3 } as const
const freed = seenEvent('room: Freed by reserve', compensation)
const repaid = seenEvent('pay: Repaid by pay', compensation)
const end = [booked, reserved, paid, cancelled, freed, repaid]

test('holds for whatever participants that keep to the rules can bring about, and at every moment before', () =>
  fc.assert(
    fc.property(stay, fc.boolean(), (events, settled) => {
      expect(broken(events)).toEqual([])
      for (const at of events.keys()) expect(broken(events.slice(0, at), { settled: false })).toEqual([])
      // In whatever order its topics bring it.
      expect(broken(settled ? events.toReversed() : events)).toEqual([])
    }),
    { numRuns: 500 },
  ))

test('a cause that nobody published is missed, whichever it is', () =>
  fc.assert(
    fc.property(stay, fc.nat(), (events, choice) => {
      const causes = events.filter(({ id }) => events.some(({ causationId }) => causationId === id))
      fc.pre(causes.length > 0)
      const lost = causes[choice % causes.length]!
      expect(
        broken(
          events.filter(event => event !== lost),
          { settled: false },
        ),
      ).toContainEqual(
        expect.stringMatching(new RegExp(`^cause-known: .* answers ${lost.id}, which nobody published$`)),
      )
    }),
  ))

test('what the topics may have forgotten before the observer came is not missed', () =>
  expect(broken([reserved, paid, confirmed], { whole: false })).toEqual([]))

test('an event that its publisher does not declare, of another step, of a step of nobody, or of a stranger', () => {
  const foreign = [
    seenEvent('room: Upgraded by reserve'),
    seenEvent('pay: Repaid by pay'),
    seenEvent('room: Reserved by redecorate'),
    seenEvent('bar: Booked by book'),
    seenEvent('room: Upgraded'),
  ]
  expect(foreign.flatMap(event => broken([event]))).toEqual([
    'publisher-declares: room published Upgraded by reserve, which it does not declare',
    'publisher-declares: pay published Repaid by pay, which it does not declare',
    'publisher-declares: room published Reserved by redecorate, which it does not declare',
    'publisher-declares: bar published Booked by book, which it does not declare',
    'publisher-declares: room published Upgraded, which it does not declare',
  ])
})

test('an event whose id does not tell the step may be of any step of its publisher', () =>
  expect(broken([seenEvent('room: Reserved'), seenEvent('room: Freed')])).toEqual([]))

test('an event that an earlier version declared, while that is remembered', () => {
  const now = hotel.filter(({ service }) => service !== 'room')
  expect(broken(end, { declared: now })).toHaveLength(2)
  expect(broken(end, { declared: [...now, ...hotel] })).toEqual([])
})

test('one id with two contents', () =>
  expect(broken([booked, { ...reserved, differs: true }])).toEqual([
    `one-content: Reserved (reserve) was published as ${reserved.id} with another content, too`,
  ]))

test('an action after its compensation, by their places and not by their times', () => {
  const late = { ...reserved, offset: 9, at: new Date(0) }
  expect(broken([booked, late, cancelled, freed])).toEqual([
    'compensation-last: Reserved (reserve) of room comes after Freed (undo reserve)',
  ])
  const began = { ...reserved, at: new Date(9_000) }
  expect(broken([booked, began, cancelled, freed])).toEqual([])
})

test('two steps that exclude each other, whichever of them says so', () =>
  expect(broken([...end, confirmed])).toEqual([
    'excluded-steps: Confirmed (confirm) and Cancelled (cancel), though confirm excludes cancel',
  ]))

test('a settled failure that leaves something standing, and an open one that need not be done yet', () => {
  const withoutRepayment = end.filter(event => event !== repaid)
  expect(broken(withoutRepayment)).toEqual([
    'failure-undone: Paid (pay) of pay stands, though Cancelled (cancel) calls for its undoing',
  ])
  expect(broken(withoutRepayment, { settled: false })).toEqual([])
})

test('a compensation that answers later, by a timer of its own, has answered', () => {
  const later = seenEvent('room: Freed by free_cleaned', { causationId: `room/${sagaId}/CleaningEnds`, offset: 4 })
  expect(broken([booked, reserved, paid, cancelled, later, repaid])).toEqual([])
})

test('what was rejected, or never done, need not be undone', () => {
  const unpaid = seenEvent('pay: Unpaid by pay', { causationId: reserved.id })
  expect(broken([booked, reserved, unpaid, { ...cancelled, causationId: unpaid.id }, freed])).toEqual([])
  expect(broken([booked, cancelled, freed])).toEqual([])
})

test('names are labels, each its own', () => {
  const names = invariants.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z-]+$/)
})
