import { expect, test } from 'vitest'
import { duration } from './duration.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_240, '1.2 s'],
  [14_600, '15 s'],
  [60_000, '1 min'],
  [199_380, '3 min 19 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
