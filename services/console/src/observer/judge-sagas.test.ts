import { expect, test } from 'vitest'
import { askLess } from './judge-sagas.ts'

const [secondMs, yearMs] = [1_000, 365 * 86_400_000]
const inMs = (ms: number) => new Date(Date.now() + ms)
const asked = (lastInMs: number, seenInMs: number) =>
  askLess({ askInMs: 500, lastAt: inMs(lastInMs) }, [{ seenAt: inMs(seenInMs) }])

test('the longer a saga has been quiet, the later it is asked for again', () => {
  expect(asked(0, 0)).toBe(secondMs)
  expect(asked(-60 * secondMs, -59 * secondMs)).toBeGreaterThanOrEqual(60 * secondMs)
  expect(asked(-yearMs, 0)).toBe(600 * secondMs)
})

test('a saga with an event from the future is not asked for as if it never became quiet', () => {
  expect(asked(100 * yearMs, -yearMs)).toBe(600 * secondMs)
})

test('one of which nothing new is expected is not asked for', () => {
  expect(askLess({ askInMs: null, lastAt: inMs(0) }, [])).toBeNull()
})
