import { expect, test } from 'vitest'
import { scoreOf } from './score.ts'

test('what no test reaches has survived, and a timeout counts for neither', () => {
  const mutants = ['Killed', 'Killed', 'Killed', 'Survived', 'NoCoverage', 'Timeout', 'Ignored', 'RuntimeError']
  const fileOf = (...statuses: string[]) => ({ mutants: statuses.map(status => ({ status })) })
  const kit = { files: { 'a.ts': fileOf(...mutants.slice(0, 2)), 'b.ts': fileOf(...mutants.slice(2, 3)) } }
  const services = { files: { 'c.ts': fileOf(...mutants.slice(3)) } }
  expect(scoreOf([kit, services])).toEqual({ killed: 3, survived: 2, timedOut: 1, percent: 60 })
})
