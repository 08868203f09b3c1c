import { expect, test } from 'vitest'
import { violationsOf } from './inventory-books.ts'

const before = { reservations: 0, reserved: 7, succeeded: 0, unfinished: 0, unpublished: 0 }
const after = { reservations: 100, reserved: 107, succeeded: 100, unfinished: 0, unpublished: 0 }

test('a hundred orders that reserved a piece each are as they should be', () =>
  expect(violationsOf(before, after, 100)).toEqual([]))

test.each([
  ['reservations: 99, not 100', { reservations: 99 }],
  ['pieces reserved: 101, not 100', { reserved: 108 }],
  ['steps that succeeded: 99, not 100', { succeeded: 99 }],
  ['unfinished messages: 1, not 0', { unfinished: 1 }],
  ['unpublished events: 1, not 0', { unpublished: 1 }],
])('otherwise it says so: %s', (line, change) =>
  expect(violationsOf(before, { ...after, ...change }, 100)).toEqual([line]),
)
