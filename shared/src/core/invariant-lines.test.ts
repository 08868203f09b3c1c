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
    { service: 'balance', book: 'money', accounts: 2, parts: { deposited: 9, balance: -9 }, wrong: 0, violations: [] },
  ],
}
const known = 'every saga is known to who settles it'
const rest = 'at rest: settled, discarded or blocked, and nothing left to do'
const saga = { sagaId: 's', ending: null, discarded: [] }

test('each invariant has a line with its figures', () => {
  expect(invariantsOf(report)).toEqual([
    {
      ...{ name: known, holds: true },
      figures: '10 settled, 2 since then, 4 open (1 blocked), 3 moved on, 5 with a discard',
    },
    { name: 'paid: order = balance', holds: true, figures: '7 sagas; paid EUR: order 500, balance 500' },
    {
      ...{ name: 'sold: order = inventory', holds: true },
      figures: '8 sagas; sold lamp: order 2, inventory 2; sold pen: order 1, inventory 1',
    },
    { name: 'kept: order = inventory', holds: true, figures: '0 sagas' },
    { name: 'balance, book money: 0 in each account', holds: true, figures: '2 accounts; deposited 9, balance -9' },
  ])
  expect(invariantsOf({ ...report, atRest: true }).at(-1)).toEqual({
    ...{ name: rest, holds: true, figures: '4 open, 1 blocked' },
  })
})

test.each([
  [3, ''],
  [4, '; and 1 more'],
  [9, '; and 6 more'],
])('of %d sums a line has three', (many, more) => {
  const each = Object.fromEntries(Array.from({ length: many }, (_, n) => [`sold ${n}`, { order: n }]))
  const [, line] = invariantsOf({ ...report, figures: [{ ...report.figures[1]!, sums: each }] })
  expect(line!.figures).toBe(`8 sagas; sold 0: order 0; sold 1: order 1; sold 2: order 2${more}`)
})

describe('what does not hold is what a violation speaks of, and nothing else', () => {
  const broken = (changes: Partial<AuditReport>) =>
    invariantsOf({ ...report, atRest: true, ...changes }).flatMap(({ holds, name }) => (holds ? [] : [name]))
  test.each<[Violation, string[]]>([
    [{ ...saga, kind: 'unknown', knownTo: ['balance'], figures: { 'paid EUR': { balance: 5 } } }, [known]],
    [{ ...saga, kind: 'disagree', figures: { 'sold pen': { order: 1, inventory: 0 } } }, ['sold: order = inventory']],
    [{ ...saga, kind: 'not-settled' }, [rest]],
    [{ ...saga, kind: 'unfinished', services: ['order'] }, [rest]],
    [{ kind: 'unpublished', service: 'order', events: 1 }, [rest]],
  ])('$kind', (violation, names) => expect(broken({ violations: [violation] })).toEqual(names))
  test('sagas that are unknown, though none of them is named', () =>
    expect(broken({ sagas: { ...report.sagas, unknown: 1 } })).toEqual([known]))
  test('accounts that do not come to zero', () =>
    expect(broken({ books: [{ ...report.books[0]!, wrong: 1 }] })).toEqual(['balance, book money: 0 in each account']))
})
