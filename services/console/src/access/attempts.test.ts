import { expect, test } from 'vitest'
import { createAttempts } from './attempts.ts'

test('after so many failures a place waits until its time is over; other places do not', () => {
  let nowMs = 0
  const attempts = createAttempts({ most: 2, withinMs: 100 }, () => nowMs)
  attempts.failed('a')
  expect(attempts.waitMs('a')).toBe(0)
  nowMs = 30
  attempts.failed('a')
  expect([attempts.waitMs('a'), attempts.waitMs('b')]).toEqual([70, 0])
  nowMs = 100
  expect(attempts.waitMs('a')).toBe(0)
  attempts.failed('a')
  expect(attempts.waitMs('a')).toBe(0)
})

test('places are forgotten, the oldest first, before they fill the memory', () => {
  const attempts = createAttempts({ most: 1, withinMs: 100 }, () => 0)
  for (let n = 0; n <= 10_000; n++) attempts.failed(`${n}`)
  expect([attempts.waitMs('0'), attempts.waitMs('1'), attempts.waitMs('10000')]).toEqual([0, 100, 100])
})
