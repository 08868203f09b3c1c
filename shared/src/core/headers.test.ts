import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordHeaders, storableHeaders, textHeader } from './headers.ts'

test('headers of any bytes survive being stored as JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_-]+$/), fc.uint8Array()), raw => {
      const headers = Object.fromEntries(Object.entries(raw).map(([name, bytes]) => [name, Buffer.from(bytes)]))
      const stored = JSON.parse(JSON.stringify(storableHeaders(headers)))
      expect(JSON.stringify(stored)).not.toContain('\\u0000')
      const out = Object.entries(recordHeaders(stored)).map(([name, value]) => [name, Buffer.from(value)])
      expect(Object.fromEntries(out)).toEqual(headers)
    }),
  )
})

test('of a repeated header the first value is kept, and an absent one is absent', () => {
  expect(storableHeaders({ a: ['1', '2'], b: undefined, c: Buffer.from([255]), d: null, e: [] })).toEqual({
    a: '1',
    c: { base64: '/w==' },
  })
})

test('a header named __proto__ is a header', () => {
  const headers = storableHeaders(Object.fromEntries([['__proto__', Buffer.from('x')]]))
  expect(Object.entries(recordHeaders(JSON.parse(JSON.stringify(headers))))).toEqual([['__proto__', 'x']])
})

test('a byte order mark is part of what a sender wrote', () => {
  const bytes = Buffer.from('\ufeffx')
  expect(Buffer.from(recordHeaders(storableHeaders({ a: bytes })).a!)).toEqual(bytes)
})

test('a name that the database would refuse is kept as near as it can be', () => {
  expect(storableHeaders({ 'a\0b\0': 'x', 'c\ud800': 'y' })).toEqual({ 'a\ufffdb\ufffd': 'x', 'c\ufffd': 'y' })
})

test('a text that the database would refuse is kept as what its bytes would be', () => {
  expect(storableHeaders({ a: 'x\ud800', b: 'x\0' })).toEqual({ a: 'x\ufffd', b: { base64: 'eAA=' } })
})

test('headers of text alone, as all of our own are, go out as they are, without a copy', () => {
  const headers = { ce_id: 'me', traceparent: '' }
  expect(recordHeaders(headers)).toBe(headers)
})

test('a header that is missing or no text has no text', () => {
  const headers = { text: '', bytes: { base64: '/w==' } }
  expect(['text', 'bytes', 'missing'].map(name => textHeader(headers, name))).toEqual(['', undefined, undefined])
})
