import { expect, test } from 'vitest'
import { medianBy, percentilesOf } from './percentiles.ts'

test('percentiles are values that were there, by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(percentilesOf(values)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 })
  expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 })
  expect(percentilesOf([]).p50).toBeNaN()
})

test('the median run is one of the runs', () => {
  const of = (...rates: number[]) =>
    medianBy(
      rates.map(rate => ({ rate })),
      ({ rate }) => rate,
    )?.rate
  expect(of(5, 1, 3)).toBe(3)
  expect(of(4, 1, 3, 2)).toBe(2)
  expect(of()).toBeUndefined()
})
