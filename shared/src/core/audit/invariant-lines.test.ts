import { describe, expect, test } from 'vitest'
import type { AuditReport } from './audit-over.ts'
import { invariantsOf } from './invariant-lines.ts'
import type { Violation } from './violation.ts'

const sums = { 'sold lamp': { order: 2, inventory: 2 }, 'sold pen': { order: 1, inventory: 1 } }
const report: AuditReport = {
  ...{ before: '2026-01-01T00:00:00.000Z', atRest: false, backlog: {}, found: 0, violations: [] },
  ...{ discarded: { found: 0, violations: [] } },
  sagas: {
    ...{ endings: {}, settled: 10, later: 2, open: 4, movedOn: 3, unknown: 0, blocked: 1, discarded: 5 },
  },
  figures: [
    { family: 'paid', services: ['order', 'balance'], sagas: 7, sums: { 'paid EUR': { order: 500, balance: 500 } } },
    { family: 'sold', services: ['order', 'inventory'], sagas: 8, sums },
    { family: 'kept', services: ['order', 'inventory'], sagas: 0, sums: {} },
  ],
  books: [
    {
      service: 'balance',
      book: 'money',
      accounts: 2,
      parts: { deposited: 9_000, balance: -9_000 },
      wrong: 0,
      violations: [],
    },
  ],
}
const known = 'every saga is known to who settles it'
const rest = 'at rest: settled, discarded or blocked, and nothing left to do'
const book = 'balance: each account of its book “money” comes to 0'
const saga = { sagaId: 's', ending: null, discarded: [] }

test('each invariant has a line with its figures', () => {
  expect(invariantsOf(report)).toEqual([
    {
      ...{ name: known, holds: true },
      figures:
        '10 settled, 4 open; 2 more settled later; 1 of the open ones blocked by a dead letter; 3 went on while they were read; 5 with a message that was discarded',
    },
    {
      name: 'paid: order and balance say the same of each saga',
      holds: true,
      figures: '7 sagas compared; paid EUR: order 500, balance 500',
    },
    {
      ...{ name: 'sold: order and inventory say the same of each saga', holds: true },
      figures: '8 sagas compared; sold lamp: order 2, inventory 2; sold pen: order 1, inventory 1',
    },
    { name: 'kept: order and inventory say the same of each saga', holds: true, figures: '0 sagas compared' },
    { name: book, holds: true, figures: '2 accounts; in all deposited 9,000, balance -9,000' },
  ])
  expect(invariantsOf({ ...report, atRest: true }).at(-1)).toEqual({
    ...{ name: rest, holds: true, figures: '4 open, of which 1 blocked by a dead letter' },
  })
})

test.each([
  [3, ''],
  [4, '; and 1 more'],
  [9, '; and 6 more'],
])('of %d sums a line has three', (many, more) => {
  const each = Object.fromEntries(Array.from({ length: many }, (_, n) => [`sold ${n}`, { order: n }]))
  const [, line] = invariantsOf({ ...report, figures: [{ ...report.figures[1]!, sums: each }] })
  expect(line!.figures).toBe(`8 sagas compared; sold 0: order 0; sold 1: order 1; sold 2: order 2${more}`)
})

test('a figure that one service alone tells is compared with nothing', () => {
  const [, line] = invariantsOf({ ...report, figures: [{ ...report.figures[0]!, services: ['order'] }] })
  expect(line!.name).toBe('paid: told by order alone')
})

test('of what there is none nothing is said', () => {
  const none = { later: 0, movedOn: 0, blocked: 0, discarded: 0 }
  const [line] = invariantsOf({ ...report, sagas: { ...report.sagas, ...none } })
  expect(line!.figures).toBe('10 settled, 4 open')
})

describe('what does not hold is what a violation speaks of, and nothing else', () => {
  const broken = (changes: Partial<AuditReport>) =>
    invariantsOf({ ...report, atRest: true, ...changes }).flatMap(({ holds, name }) => (holds ? [] : [name]))
  test.each<[Violation, string[]]>([
    [{ ...saga, kind: 'unknown', knownTo: ['balance'], figures: { 'paid EUR': { balance: 5 } } }, [known]],
    [
      { ...saga, kind: 'disagree', figures: { 'sold pen': { order: 1, inventory: 0 } } },
      ['sold: order and inventory say the same of each saga'],
    ],
    [{ ...saga, kind: 'not-settled' }, [rest]],
    [{ ...saga, kind: 'unfinished', services: ['order'] }, [rest]],
    [{ kind: 'unpublished', service: 'order', events: 1 }, [rest]],
  ])('$kind', (violation, names) => expect(broken({ violations: [violation] })).toEqual(names))
  test('sagas that are unknown, though none of them is named', () =>
    expect(broken({ sagas: { ...report.sagas, unknown: 1 } })).toEqual([known]))
  test('accounts that do not come to zero', () =>
    expect(broken({ books: [{ ...report.books[0]!, wrong: 1 }] })).toEqual([book]))
})
