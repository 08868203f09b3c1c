import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditOver } from '../core/audit/audit-over.ts'
import type { AuditSource } from '../core/audit/audit-source.ts'
import { violationText } from '../core/audit/violation.ts'
import { adminOf } from '../testing/admin.fixture.ts'
import { sagaIdAt, scriptedSource, statement } from '../testing/audit-sources.fixture.ts'
import { auditedLedger } from '../testing/audited-ledger.fixture.ts'
import { newSagaId } from '../testing/engine.fixture.ts'
import { behaviour, Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance, sent } from '../testing/service.fixture.ts'
import * as contract from './contract.ts'

let ledger: Deployment
let instance: Instance
const sagaIds = Array.from({ length: 5 }, () => newSagaId()).toSorted()
const failing = newSagaId()
const account = 'ada'

beforeAll(async () => {
  ledger = await deploy({ participant: auditedLedger, environment: { RETRY_MAX_ATTEMPTS: '1', ADMIN_PORT: '0' } })
  behaviour.set(`pay/${failing}`, () => {
    throw new Error('it fails')
  })
  instance = await ledger.start()
  await ledger.publish(...[...sagaIds, failing].map(sagaId => sent(Paid, { sagaId, account, amount: 5 })))
  await eventually(
    'all have ended',
    () => ledger.query('select from saga.saga_log'),
    rows => rows.length === 6,
  )
}, 60_000)
afterAll(async () => {
  behaviour.clear()
  await ledger?.close()
})

const ask = async (path: string, query: Record<string, string>) => {
  const { status, body } = await adminOf(instance.adminPort).get(path, query)
  return { status, body }
}
const before = () => new Date(Date.now() + 1_000).toISOString()

test('figures come in pages, as the contract has them', async () => {
  const first = await ask('/admin/figures', { before: before(), limit: '4' })
  expect(contract.figurePage.parse(first.body)).toEqual(first.body)
  expect(first.body).toMatchObject({ families: ['paid'], settles: false, next: [...sagaIds, failing].toSorted()[3] })
  const second = await ask('/admin/figures', { before: before(), after: first.body.next })
  expect(second.body.next).toBeNull()
  const all: contract.FigurePage['sagas'] = [...first.body.sagas, ...second.body.sagas]
  expect(all.map(s => s.sagaId)).toEqual([...sagaIds, failing].toSorted())
  for (const { sagaId, figures, openLetter } of all)
    expect({ figures, openLetter }).toEqual(
      sagaId === failing ? { figures: {}, openLetter: true } : { figures: { 'paid EUR': 5 }, openLetter: false },
    )
  const named = await ask('/admin/figures', { sagas: `${sagaIds[2]},${newSagaId()},${sagaIds[0]}` })
  expect(named.body.sagas.map((s: { sagaId: string }) => s.sagaId)).toEqual([sagaIds[0], sagaIds[2]])
})

test.each<[string, () => Record<string, string>]>([
  ['neither a moment nor names', () => ({})],
  ['both', () => ({ before: before(), sagas: failing })],
  ['a moment that is none', () => ({ before: 'yesterday' })],
  ['a place that is no saga id', () => ({ before: before(), after: 'a' })],
  ['names that are no saga ids', () => ({ sagas: `${failing},x` })],
  ['too many names', () => ({ sagas: Array.from({ length: 101 }, (_, n) => sagaIdAt(0, n)).join(',') })],
  ['a page of none', () => ({ before: before(), limit: '0' })],
])('figures of %s are refused', async (_, query) => {
  expect(await ask('/admin/figures', query())).toMatchObject({ status: 400, body: { code: 'parameter-invalid' } })
})

test('books come as the contract has them, with the account that is wrong', async () => {
  const right = await ask('/admin/books', {})
  expect(contract.books.parse(right.body)).toEqual(right.body)
  expect(right.body.books).toEqual([
    { book: 'money', accounts: 1, parts: { balance: 25, payments: -25 }, wrong: 0, violations: [] },
  ])
  await ledger.query('update accounts set balance = 26')
  const wrong = await ask('/admin/books', {})
  expect(wrong.body.books[0]).toMatchObject({
    ...{ wrong: 1, violations: [{ account, parts: { balance: 26, payments: -25 } }] },
  })
  await ledger.query('update accounts set balance = 25')
})

test('an audit over HTTP finds what is wrong, and names what was discarded', async () => {
  const settledAt = new Date(Date.now() - 60_000).toISOString()
  const settling = scriptedSource('orders', {
    ...{ families: ['paid'], settles: true },
    sagas: [...sagaIds, failing].map(sagaId =>
      statement(sagaId, { ending: 'DONE', settledAt, figures: { 'paid EUR': 5 } }),
    ),
  })
  const overHttp: AuditSource = {
    service: 'ledger',
    figures: async query =>
      (
        await ask(
          '/admin/figures',
          'sagaIds' in query
            ? { sagas: query.sagaIds.join() }
            : { before: query.before, ...(query.after !== null && { after: query.after }), limit: String(query.limit) },
        )
      ).body,
    books: async () => (await ask('/admin/books', {})).body,
    backlog: async () => ({ unfinished: 0, openLetters: 0, unpublished: 0 }),
  }
  const audit = () => auditOver([settling, overHttp], { before: new Date(before()), pageSize: 2 })
  const unpaid = `saga ${failing} DONE: paid EUR: orders 5, ledger 0`
  expect((await audit()).violations.map(violationText)).toEqual([unpaid])

  const [letter] = (await ask('/admin/letters', {})).body.letters as contract.Letter[]
  const { id, sagaId, deaths } = letter!
  const discard = { letter: { id, sagaId, deaths }, reason: 'it was paid by hand', force: true, plan: 'p' }
  expect((await adminOf(instance.adminPort).post('/admin/discards', discard)).body.results[0].result).toBe('done')
  const after = await audit()
  expect(after.violations).toEqual([])
  expect(after.discarded.violations.map(violationText)).toEqual([
    unpaid.replace('DONE', 'DONE (discarded in ledger: pay)'),
  ])
})
