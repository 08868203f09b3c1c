import { expect, test } from 'vitest'
import { fieldsOf } from './fields.ts'

const kinds = (before: unknown, after: unknown) =>
  Object.fromEntries(fieldsOf(before, after).map(({ name, kind }) => [name, kind]))

test('each field is the same, changed, added or removed', () => {
  expect(kinds({ a: 1, b: { c: [1] }, d: 'x' }, { a: 2, b: { c: [1] }, e: null })).toEqual({
    ...{ a: 'changed', b: 'same', e: 'added', d: 'removed' },
  })
})

test('a row that was created is all added, one that was deleted all removed', () => {
  expect(kinds(null, { a: null })).toEqual({ a: 'added' })
  expect(kinds({ a: 1 }, null)).toEqual({ a: 'removed' })
})

test('fields called like those of every object are fields', () => {
  expect(kinds({ constructor: 1 }, { toString: 1 })).toEqual({ constructor: 'removed', toString: 'added' })
})

test('what is no object is one field', () => {
  expect(fieldsOf('a', ['a'])).toEqual([{ name: '', kind: 'changed', before: 'a', after: ['a'] }])
})
