import { expect, test } from 'vitest'
import { selfTimes } from './profile.ts'

test('adds up what each function was seen running itself, within the window', () => {
  const frame = (functionName: string, lineNumber: number) => ({ functionName, url: '', lineNumber })
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)', -1) },
      { id: 2, callFrame: frame('hot', 1) },
      { id: 3, callFrame: frame('cold', 2) },
      { id: 4, callFrame: frame('hot', 1) },
    ],
    ...{ startTime: 1_000, endTime: 1_100 },
    samples: [1, 2, 3, 4, 2],
    timeDeltas: [10, 20, 5, 30, 35],
  }
  expect(selfTimes(profile, { fromMicros: 0, toMicros: 2_000 })).toEqual([
    ['hot', 85],
    ['(idle)', 10],
    ['cold', 5],
  ])
  expect(selfTimes(profile, { fromMicros: 1_030, toMicros: 1_065 })).toEqual([
    ['hot', 50],
    ['cold', 5],
  ])
})
