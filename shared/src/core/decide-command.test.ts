import { describe, expect, test } from 'vitest'
import { accept, refuse, succeed } from '../kit.ts'
import { decided, fields, type Given, logRow, sagaId, waitingRow } from '../testing/decisions.fixture.ts'
import { Begin, Done, ledger, Poke, TopUp } from '../testing/participant.fixture.ts'
import type { Delivery } from './delivery.ts'

const command = (type: typeof Begin | typeof Poke | typeof TopUp, of = sagaId): Delivery => ({
  ...{ id: 'me', sagaId: of, reaction: ledger.reactions.find(({ trigger }) => trigger === type)! },
  message: { type: type.type, kind: 'command', ...fields } as Delivery['message'],
  envelope: { key: null, headers: {}, body: null },
  origin: { source: 'command', opens: type === Begin },
})
const begun = { step: 'begin', messageId: 'me', messageType: 'Begin' } as const
const ask = (given: Given) => decided(given, command(Begin))
const poke = (out: () => unknown, given: Given = {}) => decided({ ...given, instead: { poke: out } }, command(Poke))

describe('rule 31: a command', () => {
  test('acts on the locked state, and its step is done', () => {
    const taken = ask({ found: 'new' })
    expect(taken.decided).toMatchObject([{ outcome: 'accepted', answer: accept({ balance: 5 }, Done(fields)) }])
    expect(taken.log).toMatchObject([logRow('succeeded', { ...begun, emitted: ['Done'] })])
    expect(taken.outbox).toMatchObject([{ headers: { ce_id: `${sagaId}/begin/action` } }])
    expect(taken.tables.get('accounts')!.current.get('ann')).toEqual({ account: 'ann', balance: 5 })
  })
  test('finds its saga busy while anything of it is unfinished, and leaves no trace', () => {
    const queue = [waitingRow('ahead', 'dead', 1, { dueAtMs: null })]
    expect(ask({ queue })).toMatchObject({ outcomes: ['busy'], log: [], waiting: [], outbox: [] })
    expect(ask({ queue, safeguards: { parking: false } }).outcomes).toEqual(['accepted'])
  })
  test('that is refused leaves no trace', () =>
    expect(poke(() => refuse(409, 'not-now', 'later'))).toMatchObject({
      ...{ log: [], outbox: [] },
      decided: [{ outcome: 'refusal', code: 'not-now', answer: refuse(409, 'not-now', 'later') }],
    }))
  test('that is granted without anything to do leaves no trace', () =>
    expect(poke(() => accept({ ok: true }))).toMatchObject({ outcomes: ['accepted'], log: [], outbox: [] }))
  test('that only publishes has done its step', () =>
    expect(poke(() => accept({ ok: true }, Done(fields)))).toMatchObject({
      ...{ outcomes: ['accepted'], log: [{ step: 'poke', status: 'succeeded' }] },
    }))
})

describe('a command that would act again', () => {
  test.each(['succeeded', 'rejected', 'skipped'] as const)('fails when its step is %s', status => {
    const fence = [logRow(status, { step: 'begin' })]
    const taken = ask({ fence })
    expect(taken.decided).toMatchObject([{ outcome: 'failed', code: 'fence-contradicted' }])
    expect((taken.decided[0]!.error as Error).message).toBe(`begin would act again: its row says ${status}`)
    expect(taken).toMatchObject({ log: [], outbox: [] })
    expect(taken.tables.get('accounts')!.current.get('ann')).toBeUndefined()
    expect(ask({ fence, safeguards: { commandFence: false } }).outcomes).toEqual(['accepted'])
  })
  test.each(['refused', 'discarded'] as const)('may, when its step was %s; what that ended stays ended', status => {
    const fence = [logRow(status, { step: 'begin', endedIds: ['x'] })]
    expect(ask({ fence })).toMatchObject({ outcomes: ['accepted'], log: [{ status: 'succeeded', endedIds: ['x'] }] })
  })
  test('may not, when nothing is known of its saga any more (rule 34)', () => {
    const taken = ask({ found: 'none' })
    expect(taken).toMatchObject({ log: [], outbox: [] })
    expect(taken.decided).toMatchObject([{ outcome: 'refusal', code: 'saga-forgotten' }])
    expect(taken.decided[0]!.answer).toEqual(
      refuse(409, 'saga-forgotten', `nothing is known of saga ${sagaId} here any more, so that it cannot be changed`),
    )
  })
})

describe('a command that fails takes nothing', () => {
  test('because its handler threw', () => {
    const error = new Error('cannot')
    const thrown = () => {
      throw error
    }
    const taken = poke(thrown)
    expect(taken.decided).toMatchObject([{ outcome: 'failed', code: 'handler-threw', error }])
    expect(taken).toMatchObject({ log: [], waiting: [], outbox: [] })
  })
  test('because it was not answered', () =>
    expect(poke(() => succeed()).decided).toMatchObject([
      { outcome: 'failed', code: 'handler-threw', error: { code: 'command-unanswered' } },
    ]))
  test('because of what it emits', () =>
    expect(poke(() => accept({ ok: true }, { type: 'Nobody' } as never))).toMatchObject({
      ...{ log: [], outbox: [] },
      decided: [{ outcome: 'failed', code: 'undeclared-emission', error: { code: 'undeclared-emission' } }],
    }))
})

describe('rule 5: a command whose key is not loaded waits for the next round', () => {
  const unloaded = (type: typeof Begin | typeof TopUp, of?: string): Delivery => ({
    ...command(type, of),
    message: { type: type.type, kind: 'command', ...fields, account: 'ben' } as Delivery['message'],
  })
  test.each([
    ['of a saga', unloaded(Begin)],
    ['without one', unloaded(TopUp, '')],
  ])('%s', (_, delivery) =>
    expect(decided({}, delivery)).toMatchObject({ outcomes: [], log: [], nextRound: [delivery] }),
  )
})

describe('a command without a saga takes nothing', () => {
  const local = (run: () => unknown): Delivery => {
    const delivery = command(TopUp, '')
    return { ...delivery, reaction: { ...delivery.reaction, handler: { form: 'local', run: run as never } } }
  }
  test('when it is refused, and says why', () => {
    const no = refuse(422, 'too-much', 'too much')
    expect(
      decided(
        {},
        local(() => no),
      ).decided,
    ).toMatchObject([{ outcome: 'refusal', code: 'too-much', answer: no }])
  })
  test('when its handler throws', () => {
    const error = new Error('cannot')
    const thrown = () => {
      throw error
    }
    expect(decided({}, local(thrown)).decided).toMatchObject([{ outcome: 'failed', code: 'handler-threw', error }])
  })
})

test('a command without a saga changes what it reads, and is fenced by its key alone', () => {
  const taken = decided({}, command(TopUp, ''))
  expect(taken.decided).toMatchObject([{ outcome: 'accepted', code: undefined, answer: accept({ balance: 5 }) }])
  expect(taken.tables.get('accounts')!.current.get('ann')).toEqual({ account: 'ann', balance: 5 })
  expect(taken.log).toEqual([])
})
