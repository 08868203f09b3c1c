import { expect, test } from 'vitest'
import { type Death, letter, requestOf } from './letter.ts'

const death: Death = {
  ...{ letterId: 'me', deaths: 1, service: 'ledger', step: 'charge', direction: 'action', errorCode: 'handler-threw' },
  ...{ errorMessage: 'no answer', attempts: 5, firstFailedAt: '2026-01-01T00:00:00.000Z' },
}
const of = (request: Death['request'], headers = {}) =>
  letter({ key: null, headers, body: null }, { ...death, ...(request !== undefined && { request }) }).headers

test('a letter holds what a call in doubt asked, as the row does, and nothing of a call that never began', () => {
  for (const value of [{ account: 'ann', note: '\u0000 \u{1f4b8} \ud800' }, null, 0, 'x'])
    expect(requestOf(of({ value }))).toEqual({ value })
  expect([requestOf(of(null)), requestOf(of(undefined))]).toEqual([null, null])
})

test('a request that is too long is left out, and that there was one is not', () => {
  const headers = of({ value: 'x'.repeat(100_000) })
  expect([headers['dlq-request'], requestOf(headers)]).toEqual(['', undefined])
})

test('what a sender claims to be our request is not taken over, nor is one that is none', () => {
  expect(requestOf(of(null, { 'dlq-request': '{"value":"pay bob"}' }))).toBeNull()
  for (const text of ['null', '{', { base64: '/w==' }]) expect(requestOf({ 'dlq-request': text })).toBeUndefined()
})
