import { describe, expect, test } from 'vitest'
import { accept, after, refuse, refused, reject, succeed } from '../kit.ts'
import { decided, fields, type Given, logRow, message, now, sagaId } from '../testing/decisions.fixture.ts'
import { delivered } from '../testing/delivered.fixture.ts'
import { Alarm, Done, GivenBack, ledger, Noted, Paid, Poke, Undone } from '../testing/participant.fixture.ts'
import { Charged, Wrote, workshop } from '../testing/workshop.fixture.ts'
import type { Delivery, Origin } from './delivery.ts'
import { checked, runHandler } from './run-handler.ts'
import { loadedTable, openViews, type Row } from './views.ts'

const errorOf = (given: Given, ...deliveries: Delivery[]) => decided(given, ...deliveries).decided[0]!.error
const note = (outcome: unknown) => errorOf({ instead: { note: () => outcome } }, message(Noted))
const payment = { sagaId: fields.sagaId, account: 'ann', amount: 5 }
const noOutcome = 'the handler returned no outcome; return succeed, reject, refused, accept or refuse'

describe('what no handler may answer, though the types forbid it', () => {
  test.each<[string, unknown, string, string]>([
    ['a number', 7, 'no-outcome', noOutcome],
    ['something else', { outcome: 'done' }, 'no-outcome', noOutcome],
    [
      'an event: an answer',
      accept({}),
      'answer-without-command',
      'only a command is answered; return succeed, reject or refused',
    ],
    [
      'an event: a refusal',
      refuse(409, 'no', 'no'),
      'answer-without-command',
      'only a command is answered; return succeed, reject or refused',
    ],
    [
      'a no, and a timer',
      reject('no', after(1, Alarm, { account: 'ann' }) as never),
      'rejected-with-timer',
      'a rejection sets no timer',
    ],
    [
      'a no that is a text',
      { outcome: 'rejected', out: ['no'] },
      'undeclared-rejection',
      'rejects with undefined, which its `rejects` does not name',
    ],
    [
      'a no that is nothing',
      { outcome: 'rejected', out: [null] },
      'undeclared-rejection',
      'rejects with undefined, which its `rejects` does not name',
    ],
  ])('%s', (_, outcome, code, text) => expect(note(outcome)).toMatchObject({ code, message: `note on Noted: ${text}` }))
  test.each([
    ['rejected', reject('no')],
    ['refused', refused('no')],
  ])('a compensation is not %s', (outcome, no) =>
    expect(
      errorOf({ payment, fence: [logRow('succeeded')], instead: { 'undo pay': () => no } }, message(Undone)),
    ).toMatchObject({
      code: 'compensation-refused',
      message: `pay on Undone: a compensation succeeds or throws; it cannot be ${outcome}`,
    }),
  )
})

test('nor nothing at all', () =>
  expect(() => checked(message(Noted), undefined as never, { touched: false })).toThrow(
    expect.objectContaining({ code: 'no-outcome' }),
  ))

describe('a no leaves nothing behind', () => {
  const touched = (is: boolean) => ({ touched: is })
  const pay = message(Paid)
  test.each([
    ['rejected', reject('no')],
    ['refused', refused('no')],
  ])('%s', (outcome, no) => {
    expect(() => checked(pay, no, touched(true))).toThrow(
      expect.objectContaining({
        code: 'no-with-puts',
        message: `pay on Paid: ${outcome} took no effect; it must put nothing`,
      }),
    )
    expect(checked(pay, no, touched(false))).toEqual({ end: 'outcome', outcome: no })
  })
  test('but the events that its `rejects` name', () => {
    const rejecting = { ...pay, reaction: { ...pay.reaction, rejects: [Done] } }
    const told = reject('no', Done(fields))
    expect(checked(rejecting, told as never, touched(false))).toEqual({ end: 'outcome', outcome: told })
    expect(() => checked(rejecting, reject('no', Done(fields), GivenBack(fields)) as never, touched(false))).toThrow(
      expect.objectContaining({
        code: 'undeclared-rejection',
        message: 'pay on Paid: rejects with GivenBack, which its `rejects` does not name',
      }),
    )
  })
  test('a yes may', () =>
    expect(checked(pay, succeed(), touched(true))).toEqual({ end: 'outcome', outcome: succeed() }))

  const poke = { reaction: ledger.reactions.find(({ trigger }) => trigger === Poke)! } as Delivery
  const refusal = refuse(409, 'no', 'no')
  test('a command’s', () => {
    expect(() => checked(poke, refusal, touched(true))).toThrow(
      expect.objectContaining({
        code: 'refusal-with-puts',
        message: 'poke on Poke: a refusal leaves no trace; it must put nothing',
      }),
    )
    expect(checked(poke, refusal, touched(false))).toEqual({ end: 'answer', answer: refusal })
    expect(checked(poke, accept({}), touched(true))).toEqual({ end: 'answer', answer: accept({}) })
  })
  test('and a command is always answered', () =>
    expect(() => checked(poke, succeed(), touched(false))).toThrow(
      expect.objectContaining({
        code: 'command-unanswered',
        message: 'poke on Poke: a command answers: return accept or refuse',
      }),
    ))
})

describe('a handler that calls', () => {
  const kafka: Origin = { source: 'kafka' }
  const answered = (result: Extract<Origin, { source: 'result' }>['result']): Origin => ({
    ...{ source: 'result', attempts: 1, dueAtMs: 1, result },
  })
  function run(handler: object, origin: Origin = kafka, request: { value: unknown } | null = null, type = Charged) {
    const delivery = delivered(type, fields, { participant: workshop })
    const reaction = { ...delivery.reaction, handler: { ...delivery.reaction.handler, ...handler } }
    const table = loadedTable('accounts', 'account', new Map([['ann', undefined]]))
    const states = openViews([{ table, access: 'lock', keys: ['ann'] }])
    const context = { now, sagaId, settings: {} }
    return runHandler({ ...delivery, reaction, origin } as Delivery, 'run', request, states, context)
  }
  const never = () => {
    throw new Error('it was asked')
  }
  const puts =
    (outcome: unknown) =>
    (_event: unknown, { accounts }: { accounts: { put(row: Row): void } }) => {
      accounts.put({ account: 'ann', balance: 5 })
      return outcome
    }

  test('asks for what it intends', () =>
    expect(run({})).toEqual({ end: 'call', request: { account: 'ann', amount: 5 } }))
  test('rule 23: once begun it is repeated as it was, whatever it would intend now', () =>
    expect(run({ intend: never }, kafka, { value: 7 })).toEqual({ end: 'call', request: 7 }))
  test('may know without a call how its step ends', () => {
    expect(run({ intend: () => reject('no') })).toEqual({ end: 'outcome', outcome: reject('no') })
    expect(run({ intend: puts(reject('no')) })).toMatchObject({ end: 'thrown', error: { code: 'no-with-puts' } })
  })
  test('puts nothing before it was answered', () =>
    expect(run({ intend: puts({ request: 7 }) })).toMatchObject({
      end: 'thrown',
      error: {
        code: 'intent-with-puts',
        message: 'charge: an intent puts nothing; `record` does, when the call has answered',
      },
    }))
  test('records the answer, and puts then', () => {
    const record = (e: unknown, response: string, views: never) => puts(succeed(response as never))(e, views)
    const origin = answered({ ok: true, response: 'thanks' })
    expect(run({ intend: never, record }, origin)).toEqual({ end: 'outcome', outcome: succeed('thanks' as never) })
  })
  test('a call that failed is what failed', () => {
    const error = new Error('no answer')
    expect(run({ intend: never, record: never }, answered({ ok: false, error }))).toEqual({ end: 'thrown', error })
  })
  test('and one with SQL of its own has no turn in a batch', () =>
    expect(run({}, kafka, null, Wrote as never)).toMatchObject({
      ...{
        end: 'thrown',
        error: { code: 'sql-in-batch', message: 'write: a sql handler runs in a transaction of its own' },
      },
    }))
})
