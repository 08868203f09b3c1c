import { expect, test } from 'vitest'
import { drainTable, overall } from './drain.ts'

const mb = 1_048_576
const points = [
  { seconds: 0, left: 10_000, residentBytes: 0 },
  { seconds: 2, left: 9_000, residentBytes: 200 * mb },
  { seconds: 3, left: 5_000, residentBytes: 250 * mb },
  { seconds: 4, left: 0, residentBytes: 240 * mb },
  { seconds: 5, left: 0, residentBytes: 240 * mb },
]

test('the rate of the whole is up to the moment at which nothing was left', () =>
  expect(overall(points)).toEqual({ seconds: 4, perSecond: 2_500 }))

test('what never came to its end has the rate of what was done', () =>
  expect(overall(points.slice(0, 3))).toEqual({ seconds: 3, perSecond: 5_000 / 3 }))

test('a line for each look says what is left and how fast it went since the look before', () =>
  expect(
    drainTable(points)
      .split('\n')
      .map(line => line.trim().split(/\s+/)),
  ).toEqual([
    ['second', 'to', 'read', 'events/s', 'MB'],
    ['2', '9000', '500', '200'],
    ['3', '5000', '4000', '250'],
    ['4', '0', '5000', '240'],
    ['5', '0', '0', '240'],
  ]))
