import { expect, test } from 'vitest'
import { violationsThatCount } from '../operating/audit.ts'
import { auditMetrics } from '../operating/audit-metrics.ts'
import { auditEnds } from './audit.ts'

const report = (found: number, discarded: number) => ({ found, discarded: { found: discarded, violations: [] } })

test('an audit ends with 1 on a violation, also of a saga with a discarded message unless these are accepted', () => {
  expect([report(0, 0), report(1, 0), report(0, 1)].map(each => auditEnds(each, {}))).toEqual([0, 1, 1])
  const accepting = { acceptDiscarded: true }
  expect([report(0, 0), report(1, 1), report(0, 1)].map(each => auditEnds(each, accepting))).toEqual([0, 1, 0])
})

test('Prometheus is told of the violations that the exit code is about, and when', async () => {
  expect([violationsThatCount(report(2, 3), {}), violationsThatCount(report(2, 3), { acceptDiscarded: true })]).toEqual(
    [5, 2],
  )
  const at = new Date('2025-01-31T12:00:00.500Z')
  const lines = (await auditMetrics(5, at)).split('\n')
  expect(lines).toContain('saga_audit_violations 5')
  expect(lines).toContain(`saga_audit_completed_timestamp_seconds ${at.getTime() / 1_000}`)
})
