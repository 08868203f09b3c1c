import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordHeaders, storableHeaders } from './headers.ts'

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
  expect(storableHeaders({ a: ['1', '2'], b: undefined, c: Buffer.from([255]) })).toEqual({
    a: '1',
    c: { base64: '/w==' },
  })
})

test('a header named __proto__ is a header', () => {
  const headers = storableHeaders(Object.fromEntries([['__proto__', Buffer.from('x')]]))
  expect(Object.entries(recordHeaders(JSON.parse(JSON.stringify(headers))))).toEqual([['__proto__', 'x']])
})
