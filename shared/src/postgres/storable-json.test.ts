import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable-json.ts'

test.each([
  ['a value', { a: 'x\0y' }, '{"a":"x\ufffdy"}'],
  ['the name of a field', { 'x\0y': 1, deep: [{ '\ud800': null }] }, '{"x\ufffdy":1,"deep":[{"\ufffd":null}]}'],
  ['half a surrogate pair', ['\udc00'], '["\ufffd"]'],
])('%s that PostgreSQL does not take is replaced', (_, value, json) => expect(storableJson(value)).toBe(json))

test('what PostgreSQL takes stays as it is, a date and an escaped backslash included', () => {
  const value = { date: new Date(0), text: '\\u0000 and 😀', none: undefined, list: [1, null] }
  expect(storableJson(value)).toBe(JSON.stringify(value))
})

test('only what PostgreSQL does not take is replaced, wherever it stands', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '\\', 'u', '0', 'd', '"', '\0', '\x01', '\ud83d', '\ude00', '\ud800'),
  })
  fc.assert(
    fc.property(fc.array(fc.dictionary(text, text)), value => {
      const stored = value.map(each =>
        Object.fromEntries(Object.entries(each).map(pair => pair.map(storableText) as [string, string])),
      )
      expect(JSON.parse(storableJson(value))).toEqual(JSON.parse(JSON.stringify(stored)))
    }),
  )
})
