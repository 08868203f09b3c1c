import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sagaIdAt } from '../testing/audit-sources.fixture.ts'
import { auditedLedger } from '../testing/audited-ledger.fixture.ts'
import { type Database, freshDatabase } from '../testing/engine.fixture.ts'
import type { ledger } from '../testing/participant.fixture.ts'
import { auditDatabase, auditedBy, auditedTables, checkAuditKeys } from './audit-database.ts'
import { readBooks } from './read-books.ts'
import { type Audited, readFigures } from './read-figures.ts'

let db: Database
let audited: Audited
beforeAll(async () => {
  db = await freshDatabase()
  audited = await auditedTables(db.pool, auditedLedger)
})
afterAll(() => db.close())
beforeEach(() => db.query('truncate payments, accounts, saga.sagas, saga.waiting, saga.outbox, saga.operator_acts'))

const beganMs = Date.parse('2026-01-01T00:00:00Z')
const before = new Date(beganMs + 60_000).toISOString()
const ids = Array.from({ length: 10 }, (_, n) => sagaIdAt(beganMs + n))
const [saga, other] = ids as [string, string]
const paid = (...sagaIds: string[]) => db.query(`insert into payments select unnest($1::uuid[]), 'ada', 5`, [sagaIds])
const known = (...sagaIds: string[]) => db.query('insert into saga.sagas select unnest($1::uuid[]), 0', [sagaIds])

test('a pool that gives a bigint as text is refused: its sums would be texts set side by side', async () => {
  const plain = new pg.Pool({ connectionString: db.url, max: 1 })
  try {
    await expect(auditDatabase(plain, auditedLedger)).rejects.toMatchObject({ code: 'audit-pool' })
  } finally {
    await plain.end()
  }
  await expect(auditDatabase(db.pool, auditedLedger)).resolves.toMatchObject({ service: 'ledger' })
})

describe('figures', () => {
  test('every saga of the tables and of the engine stands on one page, by ascending id', async () => {
    await paid(...ids.filter((_, n) => n % 2 === 0))
    await known(...ids.filter((_, n) => n % 3 !== 0))
    // 9 is in neither.
    const expected = ids.filter((_, n) => n % 2 === 0 || n % 3 !== 0)
    for (const limit of [1, 2, 3, 8, 100]) {
      const seen: string[] = []
      for (let after: string | null = null; ; ) {
        const page = await readFigures(db.pool, audited, { before, after, limit })
        expect(page).toMatchObject({ families: ['paid'], settles: false })
        seen.push(...page.sagas.map(s => s.sagaId))
        for (const { sagaId, figures } of page.sagas)
          expect(figures).toEqual(ids.indexOf(sagaId) % 2 === 0 ? { 'paid EUR': 5 } : {})
        after = page.next
        if (after === null) break
      }
      expect(seen, `pages of ${limit}`).toEqual(expected)
    }
  })

  test('what began at the moment or later is left out, unless it is asked for by name', async () => {
    const young = sagaIdAt(beganMs + 60_000)
    await paid(saga, young)
    await known(sagaIdAt(beganMs + 70_000))
    const { sagas } = await readFigures(db.pool, audited, { before, after: null, limit: 10 })
    expect(sagas.map(s => s.sagaId)).toEqual([saga])
    const named = await readFigures(db.pool, audited, { sagaIds: [young, other] })
    expect(named).toMatchObject({ sagas: [{ sagaId: young, figures: { 'paid EUR': 5 } }], next: null })
  })

  const waiting = (kind: string, sagaId: string) =>
    db.query(
      `insert into saga.waiting (message_id, kind, saga_id, partition, seq, n, headers) values ($1, $1, $2, 0, 1, 1, '{}')`,
      [kind, sagaId],
    )
  test.each<[string, () => Promise<unknown>, object]>([
    ['nothing', async () => {}, {}],
    ['an armed timer', () => waiting('timer', saga), {}],
    ['a retry', () => waiting('retry', saga), { unfinished: true }],
    ['a parked message', () => waiting('parked', saga), { unfinished: true }],
    ['a call', () => waiting('calling', saga), { unfinished: true }],
    ['a dead message', () => waiting('dead', saga), { openLetter: true }],
    [
      'an unpublished event',
      () =>
        db.query(
          `insert into saga.outbox (seq, n, saga_id, topic, partition, headers, deferred) values (1, 1, $1, 't', 0, '{}', false)`,
          [saga],
        ),
      { unfinished: true },
    ],
    [
      'discards, of which each operation is named once',
      () =>
        db.query(
          `insert into saga.operator_acts (seq, n, operator, act, saga_id, letter_id, deaths, step, direction, forced)
           select n, 0, 'ada', act, $1, 'm', 1, 'pay', direction, true from (values (1, 'discard', 'action'), (2, 'discard', 'compensation'),
             (3, 'discard', 'action'), (4, 'replay', 'action')) acts (n, act, direction)`,
          [saga],
        ),
      { discarded: ['pay', 'undo pay'] },
    ],
  ])('with %s, a saga stands so, and another does not', async (_, make, standing) => {
    await known(saga, other)
    await make()
    const still = { ending: null, settledAt: null, figures: {}, unfinished: false, openLetter: false, discarded: [] }
    const { sagas } = await readFigures(db.pool, audited, { before, after: null, limit: 10 })
    expect(sagas).toEqual([
      { ...still, ...standing, sagaId: saga },
      { ...still, sagaId: other },
    ])
  })

  test('a participant without an audit names its sagas, and says nothing of them', async () => {
    await known(saga)
    const silent = { audit: undefined, tables: audited.tables, explainNothing: [] }
    const { sagas, families } = await readFigures(db.pool, silent, { before, after: null, limit: 10 })
    expect(families).toEqual([])
    expect(sagas).toMatchObject([{ sagaId: saga, ending: null, figures: {} }])
    expect((await readBooks(db.pool, silent)).books).toEqual([])
  })

  test('a participant without figures explains nothing by what it owes nobody, and all else by what it owes', async () => {
    const reacts = (type: string, emits: readonly unknown[]) => ({ trigger: { type }, emits })
    const reactions = [reacts('Told', []), reacts('Asked', ['an answer'])] as unknown as typeof ledger.reactions
    const telling = auditedBy({ audit: undefined, reactions }, audited.tables)
    const judged = auditedBy({ audit: auditedLedger.audit, reactions }, audited.tables)
    const standing = async (by: Audited) => {
      const { sagas } = await readFigures(db.pool, by, { before, after: null, limit: 10 })
      return sagas.map(({ openLetter, unfinished, discarded }) => ({ openLetter, unfinished, discarded }))
    }
    const none = { openLetter: false, unfinished: false, discarded: [] }
    const [compensated] = ids.slice(2) as [string]
    await known(saga, other, compensated)
    await db.query(
      `insert into saga.waiting (message_id, kind, message_type, direction, saga_id, partition, seq, n, headers)
       values ('a', 'dead', 'Told', 'action', $1, 0, 1, 1, '{}'), ('b', 'parked', 'Told', 'action', $1, 0, 2, 1, '{}'),
         ('c', 'dead', 'Asked', 'action', $2, 0, 3, 1, '{}'), ('d', 'dead', 'Told', 'compensation', $3, 0, 4, 1, '{}')`,
      [saga, other, compensated],
    )
    const letter = { ...none, openLetter: true }
    expect(await standing(telling)).toEqual([none, letter, letter])
    expect(await standing(judged)).toEqual([letter, letter, letter])

    await db.query('truncate saga.waiting')
    await db.query(
      `insert into saga.operator_acts (seq, n, operator, act, saga_id, letter_id, deaths, step, direction, forced)
       values (1, 0, 'ada', 'discard', $1, 'm', 1, 'tell', 'action', false), (2, 0, 'ada', 'discard', $2, 'm', 1, 'ask', 'action', true)`,
      [saga, other],
    )
    expect(await standing(telling)).toEqual([none, { ...none, discarded: ['ask'] }, none])
    expect(await standing(judged)).toEqual([{ ...none, discarded: ['tell'] }, { ...none, discarded: ['ask'] }, none])
  })

  test('are not taken from a table that is keyed by something else', () => {
    const wrong = { ...audited.audit!, says: { accounts: () => [] } }
    expect(() => checkAuditKeys({ ...audited, audit: wrong })).toThrow(expect.objectContaining({ code: 'audit-key' }))
  })
})

describe('books', () => {
  const rows = async (count: number) => {
    await db.query(
      `insert into accounts select 'account ' || n % 10, sum(n) from generate_series(1, $1::int) n group by 1`,
      [count],
    )
    await db.query(
      `insert into payments select gen_random_uuid(), 'account ' || n % 10, n from generate_series(1, $1::int) n`,
      [count],
    )
  }

  test('are added up over more rows than are read at a time', async () => {
    await rows(5_000)
    const { books, readAt } = await readBooks(db.pool, audited)
    const sum = (5_000 * 5_001) / 2
    expect(books).toEqual([
      { book: 'money', accounts: 10, parts: { balance: sum, payments: -sum }, wrong: 0, violations: [] },
    ])
    expect(readAt).toBeInstanceOf(Date)
  })

  test('are those of one moment, though money moves between the reading of two tables', async () => {
    await rows(3)
    const moving = [
      `update accounts set balance = balance + 7 where account = 'account 1'`,
      `insert into payments values (gen_random_uuid(), 'account 1', 7)`,
    ]
    const wrongWith = async (pool: pg.Pool) => (await readBooks(pool, audited)).books[0]!.wrong
    const between = () => db.query(`begin; ${moving.join('; ')}; commit`)
    expect(await wrongWith(meanwhile(db.pool, between))).toBe(0)
    // A transaction that sees each statement's own moment counts the payment without the balance, or the other way round.
    expect(await wrongWith(meanwhile(db.pool, between, 'begin'))).toBe(1)
  })

  test('are refused when they would take too much memory or time', async () => {
    await rows(3_000)
    const tooLarge = { code: 'books-too-large' }
    await expect(readBooks(db.pool, audited, { mostAccounts: 9 })).rejects.toMatchObject(tooLarge)
    await expect(readBooks(db.pool, audited, { mostMs: 0 })).rejects.toMatchObject(tooLarge)
    expect((await readBooks(db.pool, audited, { mostAccounts: 10 })).books).toMatchObject([{ accounts: 10, wrong: 0 }])
  })

  test('end early when nobody waits for them any more, and leave the connection as it was', async () => {
    await rows(3)
    await expect(readBooks(db.pool, audited, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect((await readBooks(db.pool, audited)).books).toHaveLength(1)
  })
})

/** A pool whose transactions let something happen before the second table is read; they may begin otherwise. */
function meanwhile(pool: pg.Pool, happens: () => Promise<unknown>, begin?: string): pg.Pool {
  const connect = async () => {
    const client = await pool.connect()
    let declared = 0
    const query = async (text: string) => {
      if (text.startsWith('declare') && ++declared === 2) await happens()
      return client.query(begin !== undefined && text.startsWith('begin') ? begin : text)
    }
    return { query, release: () => client.release() }
  }
  return { connect } as unknown as pg.Pool
}
