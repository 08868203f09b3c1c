import { expect, test } from 'vitest'
import { barsOf, ceiling } from './bars.ts'

test('a bar is stacked in the order of the legend, without what did not happen', () => {
  const buckets = [
    { from: '', began: 9, endings: { B: 2, A: 3 } },
    { from: '', began: 0, endings: {} },
    { from: '', began: 1, endings: { C: 1 } },
  ]
  expect(barsOf({ buckets, endings: ['A', 'B', 'C'] })).toEqual([
    [
      { series: 0, from: 0, to: 3 },
      { series: 1, from: 3, to: 5 },
    ],
    [],
    [{ series: 2, from: 0, to: 1 }],
  ])
})

test.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 5],
  [11, 20],
  [99, 100],
  [100, 100],
  [4_001, 5_000],
])('the chart for at most %i ends at %i', (highest, end) => {
  expect(ceiling(highest)).toBe(end)
})
