import { expect, test } from 'vitest'
import { pictureOf } from './picture.ts'
import type { Measured } from './report.ts'

const measured = (perSecond: number, o: { loop?: 'closed'; refusedShare?: number } = {}) =>
  ({
    scenario: { name: `open-${perSecond}`, arrival: { loop: o.loop ?? 'open' } },
    median: {
      ...{ sagasPerSecond: perSecond, refusedShare: o.refusedShare ?? 0 },
      latencyMs: {
        p50: perSecond / 100,
        p99: (o.refusedShare ?? 0) > 0.01 ? Number.POSITIVE_INFINITY : perSecond / 10,
      },
    },
  }) as unknown as Measured

test('three open loops make a picture, by what they completed, and what they refused is beside it', () => {
  const picture = pictureOf([
    ...[measured(2_000, { refusedShare: 0.004 }), measured(500)],
    ...[measured(9_999, { loop: 'closed' }), measured(1_000.4), measured(5_000, { refusedShare: 0.6 })],
  ])
  expect(picture?.split('\n')).toEqual(
    expect.arrayContaining([
      '  x-axis "completed sagas a second" [500, 1000, 2000]',
      '  line [5, 10, 20]',
      '  line [50, 100, 200]',
      'Refused: open-500 0.0%, open-1000.4 0.0%, open-2000 0.4%',
      'Not in it, since more than 1% were refused: open-5000 60.0%',
    ]),
  )
})

test('fewer make none, nor do those that turned too many away to have a 99th percentile', () =>
  expect(
    pictureOf([measured(1), measured(2), measured(3, { loop: 'closed' }), measured(4, { refusedShare: 0.02 })]),
  ).toBeUndefined())
