import { describe, expect, test } from 'vitest'
import { sagaIdAt, scriptedSource, statement } from '../../testing/audit-sources.fixture.ts'
import { auditOver } from './audit-over.ts'
import type { Statement } from './figures.ts'
import { violationText } from './violation.ts'

const beganMs = Date.parse('2026-01-01T00:00:00Z')
const before = new Date(beganMs + 3_600_000)
const settledAt = new Date(beganMs + 1_000).toISOString()
const ids = Array.from({ length: 250 }, (_, n) => sagaIdAt(beganMs, n))
const [saga] = ids as [string]

const confirmed = (sagaId: string, changes: Partial<Statement> = {}) =>
  statement(sagaId, { ending: 'CONFIRMED', settledAt, figures: { 'paid EUR': 500 }, ...changes })
const paid = (sagaId: string, amount = 500) => statement(sagaId, { figures: { 'paid EUR': amount } })

type Options = Partial<Parameters<typeof scriptedSource>[1]>
const order = (sagas: readonly Statement[], o: Options = {}) =>
  scriptedSource('order', { families: ['paid'], settles: true, sagas, ...o })
const balance = (sagas: readonly Statement[], o: Options = {}) =>
  scriptedSource('balance', { families: ['paid'], sagas, ...o })
const notification = (sagas: readonly Statement[], o: Options = {}) => scriptedSource('notification', { sagas, ...o })

test('many pages, in which all agree: every saga is compared once, and the sums are those of both', async () => {
  const sources = [order(ids.map(id => confirmed(id))), balance(ids.map(id => paid(id)))]
  const { sagas, figures, violations, found } = await auditOver(sources, { before, pageSize: 7 })
  expect({ violations, found }).toEqual({ violations: [], found: 0 })
  expect(sagas).toMatchObject({ endings: { CONFIRMED: { settled: 250, open: 0 } }, settled: 250, movedOn: 0 })
  expect(figures).toEqual([
    {
      family: 'paid',
      services: ['order', 'balance'],
      sagas: 250,
      sums: { 'paid EUR': { order: 125_000, balance: 125_000 } },
    },
  ])
})

test('each of many wrong sagas is found, over the pages and over those that are looked at together', async () => {
  const wrong = ids.filter((_, n) => n % 2 === 1)
  const sources = [
    order(ids.map(id => confirmed(id))),
    balance(ids.map(id => paid(id, wrong.includes(id) ? 499 : 500))),
  ]
  const { violations, found, sagas } = await auditOver(sources, { before, pageSize: 64 })
  expect(violations.map(v => 'sagaId' in v && v.sagaId)).toEqual(wrong)
  expect(found).toBe(wrong.length)
  expect(sagas).toMatchObject({ settled: 250, movedOn: 0 })
  expect(violationText(violations[0]!)).toBe(`saga ${wrong[0]} CONFIRMED: paid EUR: order 500, balance 499`)
})

test('of more than a thousand violations the first are named and all are counted', async () => {
  const many = Array.from({ length: 1_100 }, (_, n) => sagaIdAt(beganMs, n))
  const { violations, found } = await auditOver([order(many.map(id => confirmed(id)))], { before })
  expect([violations.length, found]).toEqual([0, 0])
  const alone = await auditOver([order(many.map(id => confirmed(id))), balance([])], { before })
  expect([alone.violations.length, alone.found]).toEqual([1_000, 1_100])
})

test('sagas that begin after the moment are left out, and those before `since`', async () => {
  const [early, middle, late] = [0, 1_000, 3_600_000].map(ms => sagaIdAt(beganMs + ms)) as [string, string, string]
  const sources = [order([early, middle, late].map(id => confirmed(id))), balance([])]
  const { violations } = await auditOver(sources, { before, since: new Date(beganMs + 500) })
  expect(violations.map(v => 'sagaId' in v && v.sagaId)).toEqual([middle])
})

describe('a saga that moves between two readings is no violation', () => {
  test('begun and committed behind the first reading of who settles it', async () => {
    const settling = order([])
    const other = balance([paid(saga)], {
      beforeRead: () => settling.sagas.set(saga, statement(saga, { ending: 'PENDING' })),
    })
    const { violations, sagas } = await auditOver([settling, other], { before })
    expect(violations).toEqual([])
    expect(sagas).toMatchObject({ open: 1, movedOn: 0, unknown: 0, settled: 0 })
  })

  test('refunded while it is read: it has another settledAt', async () => {
    const settling = order([confirmed(saga)])
    const refunds = () =>
      settling.sagas.set(saga, confirmed(saga, { ending: 'REFUNDED', settledAt: before.toISOString(), figures: {} }))
    const other = balance([paid(saga, 0)], { beforeRead: () => other.reads === 2 && refunds() })
    const { violations, sagas } = await auditOver([settling, other], { before })
    expect(violations).toEqual([])
    expect(sagas).toMatchObject({ movedOn: 1, settled: 0 })
  })

  test('read by the other before it was done, whoever is read first', async () => {
    const settling = order([statement(saga, { ending: 'PENDING' })])
    const other = balance([], {
      beforeRead: () => {
        if (other.reads < 2) return
        other.sagas.set(saga, paid(saga))
      },
    })
    settling.sagas.set(saga, confirmed(saga))
    for (const sources of [
      [settling, other],
      [other, settling],
    ])
      expect((await auditOver(sources, { before })).violations).toEqual([])
  })
})

test('a saga that who settles it does not know stands named with who speaks of it', async () => {
  const { violations, sagas } = await auditOver([order([]), balance([paid(saga)]), notification([statement(saga)])], {
    before,
  })
  expect(violations.map(violationText)).toEqual([
    `saga ${saga}: known to balance, notification, but not to who settles it; paid EUR: order 0, balance 500`,
  ])
  expect(sagas).toMatchObject({ unknown: 1, settled: 0 })
})

test('violations of a saga with a discarded message are reported apart, with what was discarded', async () => {
  const discarded = ['undo deduct_balance', 'deduct_balance']
  const figures = { 'paid EUR': 500, 'paid USD': 1 }
  const sources = [order([confirmed(saga, { figures: {} })]), balance([statement(saga, { figures, discarded })])]
  const { violations, discarded: apart, sagas } = await auditOver(sources, { before, atRest: true })
  expect(violations).toEqual([])
  expect(apart.violations.map(violationText)).toEqual([
    `saga ${saga} CONFIRMED (discarded in balance: undo deduct_balance; balance: deduct_balance): paid EUR: order 0, balance 500; paid USD: order 0, balance 1`,
  ])
  expect(sagas).toMatchObject({ discarded: 1, settled: 1 })
})

describe('at rest', () => {
  const open = statement(saga, { ending: 'PENDING' })
  const texts = async (...sources: Parameters<typeof auditOver>[0]) =>
    (await auditOver(sources, { before, atRest: true })).violations.map(violationText)

  test('an open saga is a violation, unless a letter of it is open anywhere or an operator discarded one', async () => {
    expect(await texts(order([open]), balance([]))).toEqual([
      `saga ${saga} PENDING: at rest, neither settled nor blocked by an open letter`,
    ])
    expect(await texts(order([open]), balance([statement(saga, { openLetter: true })]))).toEqual([])
    expect(await texts(order([open]), notification([statement(saga, { openLetter: true })]))).toEqual([])
    const given = [order([open]), balance([statement(saga, { discarded: ['deduct_balance'] })])]
    const { violations, discarded } = await auditOver(given, { before, atRest: true })
    expect([violations, discarded.violations]).toEqual([[], []])
    expect((await auditOver([order([open]), balance([])], { before })).violations).toEqual([])
  })

  test('an unfinished message is one, unless it stands behind a letter of the same service', async () => {
    const settled = confirmed(saga, { figures: {} })
    expect(await texts(order([settled]), notification([statement(saga, { unfinished: true })]))).toEqual([
      `saga ${saga} CONFIRMED: at rest, but unfinished in notification with no open letter there`,
    ])
    const behind = statement(saga, { unfinished: true, openLetter: true })
    expect(await texts(order([settled]), notification([behind]))).toEqual([])
    const unfinished = statement(saga, { unfinished: true })
    expect(await texts(order([settled]), balance([unfinished]), notification([unfinished]))).toEqual([
      `saga ${saga} CONFIRMED: at rest, but unfinished in balance, notification with no open letter there`,
    ])
  })

  test('an event that is not published is one', async () => {
    expect(await texts(order([]), balance([], { unpublished: 2 }))).toEqual([
      'balance is at rest with 2 events in its outbox',
    ])
  })

  test('a saga that settles while we look is none', async () => {
    const settling = order([open], {
      beforeRead: () => void (settling.reads === 2 && settling.sagas.set(saga, confirmed(saga, { figures: {} }))),
    })
    expect(await texts(settling, balance([]))).toEqual([])
  })

  test('blocked sagas are counted', async () => {
    const letter = statement(saga, { openLetter: true })
    const { sagas } = await auditOver([order([open]), balance([letter])], { before })
    expect(sagas).toMatchObject({ open: 1, blocked: 1, endings: { PENDING: { settled: 0, open: 1 } } })
  })
})

test('an account that does not come to zero is a violation of its service', async () => {
  const violations = [{ account: 'ada', parts: { deposited: 5, balance: -4 } }]
  const books = [{ book: 'money', accounts: 2, parts: { deposited: 10, balance: -9 }, wrong: 3, violations }]
  const report = await auditOver([order([]), balance([], { books })], { before })
  expect(report.violations.map(violationText)).toEqual([
    'balance, book money, ada: deposited 5, balance -4 come to 1, not to 0',
  ])
  // Two more are counted, which the book does not name.
  expect(report).toMatchObject({ found: 3, books: [{ service: 'balance', book: 'money', wrong: 3 }] })
})

test('a report is the same in whatever order they are asked, and tells what stands in each', async () => {
  const books = [{ book: 'money', accounts: 0, parts: {}, wrong: 0, violations: [] }]
  const [a, b, c] = [order([confirmed(saga)]), balance([], { books, unpublished: 2 }), notification([], { books })]
  const report = await auditOver([a, b, c], { before })
  for (const sources of [
    [c, b, a],
    [b, a, c],
    [c, a, b],
  ])
    expect(JSON.stringify(await auditOver(sources, { before }))).toBe(JSON.stringify(report))
  expect(report).toMatchObject({
    ...{ before: before.toISOString(), atRest: false, found: 1 },
    figures: [{ family: 'paid', services: ['order', 'balance'] }],
    books: books.flatMap(book => ['balance', 'notification'].map(service => ({ ...book, service }))),
  })
  const backlog = { unfinished: 0, openLetters: 0, unpublished: 0 }
  const each = [
    ['order', backlog],
    ['balance', { ...backlog, unpublished: 2 }],
    ['notification', backlog],
  ]
  expect(Object.entries(report.backlog)).toEqual(each)
})

test('with nobody who says how sagas end, there is nothing to compare with', async () => {
  await expect(auditOver([notification([]), balance([])], { before })).rejects.toMatchObject({
    code: 'audit-unsettled',
    message: "none of balance, notification says how sagas end: one participant's audit must have `settles`",
  })
})
