import { describe, expect, test } from 'vitest'
import { accept, after, refuse, refused, reject, succeed } from '../kit.ts'
import { decided, fields, type Given, logRow, message } from '../testing/decisions.fixture.ts'
import { Alarm, ledger, Noted, Paid, Poke, Undone } from '../testing/participant.fixture.ts'
import type { Delivery } from './delivery.ts'
import { checked } from './run-handler.ts'

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
