import { describe, expect, test } from 'vitest'
import { PermanentError } from '../errors.ts'
import { decided, due, fields, logRow, message, nowMs, sagaId, waitingRow } from '../testing/decisions.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { codeOf, messageOf } from './fail.ts'
import type { WaitingRow } from './saga.ts'

const withCode = (code: string) => Object.assign(new Error('no'), { code })

test('a code says where an error comes from: ours, the database, or the handler', () => {
  expect(codeOf(new PermanentError('paid-twice', 'no'))).toBe('paid-twice')
  const refused = Object.assign(withCode('23514'), { severity: 'ERROR' })
  expect(codeOf(refused)).toBe('sqlstate-23514')
  // Five capitals too, and not the database's: Node's, and nodemailer's.
  for (const code of ['EPIPE', 'EAUTH']) expect(codeOf(withCode(code))).toBe('handler-threw')
  for (const code of ['2351', '235140', 'x23514', 23_514])
    expect(codeOf({ code, severity: 'ERROR' })).toBe('handler-threw')
  for (const thrown of [undefined, null, 'no', 42, new Error('no')]) expect(codeOf(thrown)).toBe('handler-threw')
})
test('whatever is thrown has a text', () =>
  expect([new Error('cannot'), 'no', 42, null].map(messageOf)).toEqual(['cannot', 'no', '42', 'null']))

/** `row`: it has failed before. */
function failing(error: unknown, row?: Partial<WaitingRow> & { attempts: number }) {
  const pay = () => {
    throw error
  }
  if (!row) return decided({ instead: { pay } }, message(Paid))
  const fence = [logRow('failed', { messageId: 'me', attempts: row.attempts, endedIds: ['x'] })]
  const queue = [waitingRow('me', 'retry', 1, row)]
  return decided({ fence, queue, instead: { pay } }, message(Paid, { origin: due(row.attempts) }))
}

describe('rule 17: a message that fails', () => {
  test('is tried again, and its step tells the operator of what and why', () => {
    const error = new Error('cannot')
    const taken = failing(error)
    expect(taken.decided).toMatchObject([{ outcome: 'failed', code: 'handler-threw', error, attempts: 1 }])
    expect(taken.outbox).toEqual([])
    expect(taken.waiting).toMatchObject([
      {
        ...{ kind: 'retry', attempts: 1, deaths: 0, dueAtMs: nowMs + 500, firstFailedAtMs: nowMs },
        ...{ errorCode: 'handler-threw', errorMessage: 'cannot', errorStack: error.stack },
      },
    ])
    expect(taken.log).toEqual([
      logRow('failed', {
        ...{ messageId: 'me', errorCode: 'handler-threw', endedIds: [] },
        body: Paid(fields),
      }),
    ])
  })
  test('later and later, and nobody forgets since when', () => {
    const taken = failing(new Error('cannot'), { attempts: 3, firstFailedAtMs: 1 })
    expect(taken.waiting).toMatchObject([{ attempts: 4, dueAtMs: nowMs + 4_000, firstFailedAtMs: 1 }])
    expect(taken.log).toMatchObject([{ status: 'failed', attempts: 4, endedIds: ['x'] }])
  })
  test('for the last time is dead, with a letter that has the message and its cause', () => {
    const taken = failing(new Error('cannot'), { attempts: 4, firstFailedAtMs: 1, deaths: 2 })
    expect(taken.decided).toMatchObject([{ outcome: 'dead', attempts: 5 }])
    expect(taken.waiting).toMatchObject([{ kind: 'dead', attempts: 5, deaths: 3, dueAtMs: null }])
    expect(taken.log).toMatchObject([{ status: 'dead', attempts: 5 }])
    expect(taken.outbox).toMatchObject([
      {
        ...{ sagaId, topic: 'ledger.dlq', partition: 'me'.length, key: Buffer.from(sagaId) },
        body: Buffer.from(JSON.stringify(Paid(fields))),
        headers: {
          ...{ ce_id: 'me', 'dlq-id': 'me', 'dlq-deaths': '3', 'dlq-status': 'dead', 'dlq-service': 'ledger' },
          ...{ 'dlq-step': 'pay', 'dlq-direction': 'action', 'dlq-attempts': '5', 'dlq-error-code': 'handler-threw' },
          ...{ 'dlq-error-message': 'cannot', 'dlq-first-failed-at': '1970-01-01T00:00:00.001Z' },
          'dlq-died-at': new Date(nowMs).toISOString(),
        },
      },
    ])
    expect(taken.outbox[0]!.headers['dlq-error-stack']).toContain('fail.test.ts')
    expect(taken.outbox[0]!.headers).not.toHaveProperty('dlq-request')
  })
  test('for good is dead at once', () =>
    expect(failing(new PermanentError('never', 'never'))).toMatchObject({
      decided: [{ outcome: 'dead', code: 'never', attempts: 1 }],
      waiting: [{ kind: 'dead', deaths: 1 }],
    }))
})

describe('where it was thrown', () => {
  const stackOf = (error: unknown) => failing(error).waiting[0]!.errorStack
  test('is told with what had caused it, not beyond the third cause', () => {
    const chain = ['d', 'c', 'b', 'a'].reduce<Error | undefined>(
      (cause, text) => new Error(text, { cause }),
      new Error('e'),
    )!
    const heads = stackOf(chain)!
      .split('\n')
      .filter(line => /^(caused by )?Error/.test(line))
    expect(heads).toEqual(['Error: a', 'caused by Error: b', 'caused by Error: c', 'caused by Error: d'])
  })
  test('of what is no error, or has no stack, is what it is', () => {
    expect(stackOf('no')).toBe('no')
    expect(stackOf(undefined)).toBe('undefined')
    const bare = Object.assign(new Error('bare', { cause: Object.assign(new Error('why'), { stack: undefined }) }), {
      stack: undefined,
    })
    expect(stackOf(bare)).toBe('Error: bare\ncaused by Error: why')
  })
  test('is cut where nobody would read on', () => {
    const long = Object.assign(new Error('long'), { stack: 'x'.repeat(10_000) })
    expect(stackOf(long)).toHaveLength(8_000)
  })
})
