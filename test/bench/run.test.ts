import { expect, test } from 'vitest'
import { orders, runWith } from './run.fixture.ts'

test('what was settled in the window counts, whatever its end; the latency is of what was sent in it and confirmed', () => {
  const run = runWith([
    { sentMs: -200, tookMs: 300 },
    { sentMs: 0, tookMs: 400 },
    { sentMs: 1_000, tookMs: 50, status: 'CANCELLED' },
    { sentMs: 9_900, tookMs: 700 },
  ])
  expect(run).toMatchObject({ settled: 3, sagasPerSecond: 0.3, violations: [] })
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
