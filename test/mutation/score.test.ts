import { expect, test } from 'vitest'
import { scoreOf } from './score.ts'

test('what no test reaches has survived, and a timeout counts for neither', () => {
  const mutants = ['Killed', 'Killed', 'Killed', 'Survived', 'NoCoverage', 'Timeout', 'Ignored', 'RuntimeError']
  const files = {
    'a.ts': { mutants: mutants.slice(0, 3).map(status => ({ status })) },
    'b.ts': { mutants: mutants.slice(3).map(status => ({ status })) },
  }
  expect(scoreOf({ files })).toEqual({ killed: 3, survived: 2, timedOut: 1, percent: 60 })
})
