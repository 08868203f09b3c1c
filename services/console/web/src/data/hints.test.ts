import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gatherHints } from './hints.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const asking = (keys: readonly unknown[][]) => {
  const client = new QueryClient()
  const asked: unknown[] = []
  for (const queryKey of keys) {
    client.setQueryData(queryKey, 'known')
    client.getQueryCache().find({ queryKey })!.invalidate = () => void asked.push(queryKey)
  }
  return { hints: gatherHints(client, 1_000), asked, client }
}

test('what one period hints at is asked for once, at its end', () => {
  const { hints, asked } = asking([['saga', 'a'], ['saga', 'b'], ['health']])
  for (let count = 0; count < 20; count++) hints.take({ kind: 'sagas', sagaIds: ['a'], more: false })
  vi.advanceTimersByTime(999)
  expect(asked).toEqual([])
  vi.advanceTimersByTime(1)
  expect(asked).toEqual([['saga', 'a']])
})

test('a hint about more sagas than it names is about every saga', () => {
  const { hints, asked } = asking([
    ['saga', 'a'],
    ['saga', 'b'],
    ['sagas', ''],
  ])
  hints.take({ kind: 'sagas', sagaIds: ['a'], more: true })
  vi.advanceTimersByTime(1_000)
  expect(asked).toHaveLength(3)
})

test('nothing is asked after the page has gone', () => {
  const { hints, asked } = asking([['health']])
  hints.take({ kind: 'health' })
  hints.stop()
  vi.advanceTimersByTime(5_000)
  expect(asked).toEqual([])
})
