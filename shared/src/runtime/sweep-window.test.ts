import { expect, test } from 'vitest'
import { SweepWindow } from './sweep-window.ts'

/** Rows of a partition, each of a saga of its own. */
const rowsOf = (lane: string, rows: number, bytes = 100) =>
  Array.from({ length: rows }, (_, n) => ({ seq: Number(lane), n, sagaId: `${lane}/${n}`, lane, bytes }))

test.each([
  ['rows', 100],
  ['bytes', 100_000],
])('partitions from which nothing leaves do not fill it with %s', (_, bytes) => {
  const window = new SweepWindow()
  for (let stuck = 1; stuck <= 12; stuck++) window.take(rowsOf(String(stuck), 2_500, bytes))
  expect(window.isFull).toBe(false)
  expect(window.waiting().lanes).toHaveLength(12)
  expect(window.take(rowsOf('13', 5, bytes)).length).toBeGreaterThan(0)
})

test('it holds no more than its rows and bytes, however many partitions there are', () => {
  const [rows, bytes] = [new SweepWindow(), new SweepWindow()]
  const taken = Array.from({ length: 200 }, (_, lane) => rows.take(rowsOf(String(lane), 2_500)).length)
  expect(taken.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(2_000)
  const large = Array.from({ length: 200 }, (_, lane) => bytes.take(rowsOf(String(lane), 2_500, 1_000_000)).length)
  expect(large.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(34)
})

test('what has ended makes room', () => {
  const window = new SweepWindow()
  const taken = window.take(rowsOf('1', 2_500))
  expect(window.take(rowsOf('1', 2_500).slice(taken.length))).toEqual([])
  for (const { seq, n } of taken) window.ended(`${seq}/${n}`)
  expect(window.isEmpty).toBe(true)
  expect(window.take(rowsOf('1', 2_500).slice(taken.length))).toHaveLength(taken.length)
})
