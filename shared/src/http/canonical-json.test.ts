import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, UnusableJson } from './canonical-json.ts'

test('sorts keys at every level and leaves arrays in order', () =>
  expect(canonicalJson({ b: [{ d: 1, c: 'x' }, null], a: true })).toBe('{"a":true,"b":[{"c":"x","d":1},null]}'))

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, shuffled(v)]),
  )
}

test('says the same of the same JSON in any order, and is that JSON', () =>
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), value => {
      const json = JSON.parse(JSON.stringify(value))
      let canonical: string
      try {
        canonical = canonicalJson(json)
      } catch (error) {
        return error instanceof UnusableJson
      }
      expect(canonicalJson(shuffled(json))).toBe(canonical)
      expect(JSON.parse(canonical)).toEqual(json)
      return true
    }),
  ))

test.each([
  ['"\\u0000"', ''],
  ['{"a":["x","\\ud800"]}', '/a/1'],
  ['{"a/b":{"\\u0000":1}}', '/a~1b/\0'],
  ['{"a":{"__proto__":1}}', '/a/__proto__'],
  [`${'['.repeat(40)}${']'.repeat(40)}`, '/0'.repeat(33)],
])('refuses %s', (text, at) => {
  expect(() => canonicalJson(JSON.parse(text))).toThrow(expect.objectContaining({ name: 'UnusableJson', at }))
})
