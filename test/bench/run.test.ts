import { expect, test } from 'vitest'
import { orders, runWith } from './run.fixture.ts'
import { inWords } from './runs.ts'

test('what was settled in the window counts, whatever its end; the latency is of what was sent in it and confirmed', () => {
  const run = runWith([
    { sentMs: -200, tookMs: 300 },
    { sentMs: 0, tookMs: 400 },
    { sentMs: 1_000, tookMs: 50, status: 'CANCELLED' },
    { sentMs: 9_900, tookMs: 700 },
  ])
  expect(run).toMatchObject({ settled: 3, sagasPerSecond: 0.3, confirmedPerSecond: 0.2, violations: [] })
  expect(run.latencyMs).toMatchObject({ p50: 400, max: 700 })
  expect(run.endings).toEqual({ CONFIRMED: 3, CANCELLED: 1 })
})

test('what was used between the looks is divided by what was settled', () =>
  expect(runWith(orders(10))).toMatchObject({
    ...{ walBytesPerSaga: 100, walSyncsPerSaga: 100, transactionsPerSaga: 100 },
    ...{ cpuMicrosPerSaga: { order: 100, load: 100 }, batchSizes: { 'order http': 2 }, othersShare: 0 },
  }))

test('an order that was answered 202 and is not there breaks the run, beside what the audit has found', () =>
  expect(runWith(orders(3), { lost: 2, violations: ['the audit'] }).violations).toEqual([
    'the audit',
    '2 orders that were answered 202 are not there',
  ]))

const aHundred = { orders: orders(98), refusedMs: [1_000, 2_000, -1, 10_000] }

test('in an open loop those of the window that were refused are slower than any', () => {
  const run = runWith(aHundred.orders, { loop: 'open', refusedMs: aHundred.refusedMs })
  expect(run).toMatchObject({ settled: 98, refusedShare: 0.02 })
  expect(run.latencyMs).toMatchObject({ p95: 100, p99: Number.POSITIVE_INFINITY })
})

test('in a closed loop they come again, and are counted', () => {
  const run = runWith(aHundred.orders, { refusedMs: aHundred.refusedMs })
  expect(run.refusedShare).toBe(0.02)
  expect(run.latencyMs).toMatchObject({ p99: 100, max: 100 })
})

test('what was refused is told with the figures', () =>
  expect(inWords(runWith(orders(1), { loop: 'open', refusedMs: [1, 2] }))).toBe(
    '0 sagas/s, 66.7% refused, p50 - ms, p99 - ms',
  ))
