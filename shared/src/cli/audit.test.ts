import { expect, test } from 'vitest'
import { auditEnds } from './audit.ts'

const report = (found: number, discarded: number) => ({ found, discarded: { found: discarded, violations: [] } })

test('an audit ends with 1 on a violation, also of a saga with a discarded message unless these are accepted', () => {
  expect([report(0, 0), report(1, 0), report(0, 1)].map(each => auditEnds(each, {}))).toEqual([0, 1, 1])
  const accepting = { acceptDiscarded: true }
  expect([report(0, 0), report(1, 1), report(0, 1)].map(each => auditEnds(each, accepting))).toEqual([0, 1, 0])
})
