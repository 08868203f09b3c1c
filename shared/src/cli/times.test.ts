import { expect, test } from 'vitest'
import { momentOf, second, shortly } from './times.ts'

const now = new Date('2025-02-01T12:00:00.000Z')

test('a moment is so long ago, or written as ISO 8601', () => {
  expect(momentOf('2h', now)).toEqual(new Date('2025-02-01T10:00:00Z'))
  expect(momentOf('90s', now)).toEqual(new Date('2025-02-01T11:58:30Z'))
  expect(momentOf('2025-01-31', now)).toEqual(new Date('2025-01-31T00:00:00Z'))
  expect(momentOf('2025-01-31T10:30:00+01:00', now)).toEqual(new Date('2025-01-31T09:30:00Z'))
})

test.each(['yesterday', '2 h', '12', '2025-13-01', ''])('%j is none', text =>
  expect(momentOf(text, now)).toBeUndefined(),
)

test('durations are told in their largest unit', () =>
  expect([40, 1_999, 61_000, 7_200_000, 90_000_000].map(shortly)).toEqual(['40ms', '1s', '1m', '2h', '1d']))

test('moments are told in UTC', () => expect(second('2025-01-31T23:30:00.123-01:00')).toBe('2025-02-01 00:30:00Z'))
