import { expect, test } from 'vitest'
import { createSample } from './sample.ts'

test('gives some of the newest and some of the whole time, of however many', () => {
  const { add, some } = createSample<number>()
  for (let n = 0; n < 100_000; n++) add(n)
  const found = some(100)
  expect(found).toHaveLength(100)
  expect(found.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, n) => 99_950 + n))
  const old = found.slice(50)
  expect(Math.min(...old)).toBeLessThan(5_000)
  expect(Math.max(...old)).toBeGreaterThan(90_000)
})
