import { expect, test } from 'vitest'
import { pictureOf } from './picture.ts'
import type { Measured } from './report.ts'

const measured = (perSecond: number, loop: 'open' | 'closed' = 'open') =>
  ({
    scenario: { arrival: { loop } },
    median: { sagasPerSecond: perSecond, latencyMs: { p50: perSecond / 100, p99: perSecond / 10 } },
  }) as unknown as Measured

test('three open loops make a picture, by what they completed', () => {
  const picture = pictureOf([measured(2_000), measured(500), measured(9_999, 'closed'), measured(1_000.4)])
  expect(picture?.split('\n')).toEqual(
    expect.arrayContaining([
      '  x-axis "completed sagas a second" [500, 1000, 2000]',
      '  line [5, 10, 20]',
      '  line [50, 100, 200]',
    ]),
  )
})

test('fewer make none', () => expect(pictureOf([measured(1), measured(2), measured(3, 'closed')])).toBeUndefined())
