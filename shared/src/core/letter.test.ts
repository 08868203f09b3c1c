import { expect, test } from 'vitest'
import { type Death, letter, marker, mostHeaderBytes, requestOf } from './letter.ts'

const death: Death = {
  ...{ letterId: 'me', deaths: 1, service: 'ledger', step: 'charge', direction: 'action', errorCode: 'handler-threw' },
  ...{ errorMessage: 'no answer', attempts: 5, firstFailedAt: '2026-01-01T00:00:00.000Z' },
  diedAt: '2026-01-01T00:05:00.000Z',
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

test('a letter is the message as it came, with its cause in headers of ours over any of that name', () => {
  const key = Buffer.from('key')
  const headers = { ce_id: 'me', odd: { base64: '/w==' }, 'dlq-id': 'a sender’s' }
  const body = Buffer.from('body')
  expect(letter({ key, headers, body }, death)).toEqual({
    ...{ key, body },
    headers: {
      ...{ ce_id: 'me', odd: { base64: '/w==' }, 'dlq-id': 'me', 'dlq-deaths': '1', 'dlq-status': 'dead' },
      ...{ 'dlq-service': 'ledger', 'dlq-step': 'charge', 'dlq-direction': 'action', 'dlq-attempts': '5' },
      ...{ 'dlq-error-code': 'handler-threw', 'dlq-error-message': 'no answer' },
      ...{ 'dlq-first-failed-at': '2026-01-01T00:00:00.000Z', 'dlq-died-at': '2026-01-01T00:05:00.000Z' },
    },
  })
})

test('rule 22: what we add to a message has a bound', () => {
  const textOf = (name: string, changes: Partial<Death>) =>
    letter({ key: null, headers: {}, body: null }, { ...death, ...changes }).headers[name] as string
  expect(textOf('dlq-error-message', { errorMessage: 'x'.repeat(2_001) })).toBe('x'.repeat(2_000))
  const stackOf = (errorStack: string) => textOf('dlq-error-stack', { errorStack })
  expect(stackOf('x'.repeat(4_096))).toBe('x'.repeat(4_096))
  expect(stackOf('x'.repeat(4_097))).toBe('x'.repeat(4_096))
  // In bytes, and without the half of a character at the cut: 1 byte and 1,365 of 3, or 1,023 of 4.
  expect(stackOf(`x${'€'.repeat(4_000)}`)).toBe(`x${'€'.repeat(1_365)}`)
  expect(stackOf(`x${'💸'.repeat(4_000)}`)).toBe(`x${'💸'.repeat(1_023)}`)
  // What was unreadable before the cut stays.
  expect(stackOf(`\ufffd${'x'.repeat(4_096)}`)).toBe(`\ufffd${'x'.repeat(4_093)}`)
  for (const whole of ['x\ufffd', `${'x'.repeat(4_093)}\ufffd`]) expect(stackOf(whole)).toBe(whole)
  const requestOfSize = (bytes: number) => textOf('dlq-request', { request: { value: 'x'.repeat(bytes - 12) } })
  expect(requestOfSize(65_536)).toHaveLength(65_536)
  expect(requestOfSize(65_537)).toBe('')
})

test('rule 22: the bound holds for all of it together, and is not far above', () => {
  const came = {
    ...{ 'kafka_dlt-original-topic': 't'.repeat(249), 'kafka_dlt-original-partition': '2147483647' },
    'kafka_dlt-original-offset': '9223372036854775807',
  }
  const name = 'n'.repeat(63)
  const { headers } = letter(
    { key: null, headers: came, body: null },
    {
      ...{
        ...death,
        letterId: 'i'.repeat(1_000),
        service: name,
        step: name,
        direction: 'compensation',
        errorCode: name,
      },
      ...{ errorMessage: '€'.repeat(2_001), errorStack: '€'.repeat(4_000), request: { value: 'x'.repeat(65_524) } },
    },
  )
  // A record has two lengths beside each header.
  const bytes = Object.entries(headers).map(([each, value]) => 8 + each.length + Buffer.byteLength(value as string))
  const all = bytes.reduce((sum, each) => sum + each)
  expect(all).toBeLessThan(mostHeaderBytes)
  expect(all).toBeGreaterThan(mostHeaderBytes - 4_096)
})

test('a marker says of which death a letter is open no more, and has no body', () => {
  const key = Buffer.from('key')
  expect(marker('me', 3, 'closed', key)).toEqual({
    ...{ key, body: null },
    headers: { 'dlq-id': 'me', 'dlq-deaths': '3', 'dlq-status': 'closed' },
  })
})
