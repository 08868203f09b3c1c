import { expect, test } from 'vitest'
import { checkEnds } from './choreography.ts'

test('a check ends with 1 on a finding, and with 3 when a declaration could not be read, whatever it found', () => {
  expect([checkEnds([], []), checkEnds(['a'], []), checkEnds(['a'], ['b']), checkEnds([], ['b'])]).toEqual([0, 1, 3, 3])
})
