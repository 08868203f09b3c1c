import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { consoleMetricDefinitions } from '../../services/console/src/metric-definitions.ts'
import { watchMetricDefinitions } from '../../services/console/src/watch/metric-definitions.ts'
import { auditMetricDefinitions } from '../../shared/src/operating/audit-metrics.ts'
import { metricDefinitions } from '../../shared/src/runtime/metric-definitions.ts'
import { alerts } from './alerts.ts'

const here = import.meta.dirname
const runbook = readFileSync(resolve(here, '../../docs/runbook.md'), 'utf8')

/** Debian's package `prometheus` has it. */
function promtool(...args: string[]): string {
  return execFileSync('promtool', args, { cwd: here, encoding: 'utf8', stdio: 'pipe' })
}

test('Prometheus takes the configuration and the rules that are shipped', () =>
  expect(promtool('check', 'config', 'prometheus.yml')).toContain(`${alerts().length} rules found`))

test('each rule fires when it must, with what it says, and not otherwise', () =>
  expect(promtool('test', 'rules', 'saga-rules.test.yml')).toContain('SUCCESS'))

const tests = readFileSync(join(here, 'saga-rules.test.yml'), 'utf8')
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map(section => [section.split('\n', 1)[0]!.toLowerCase().replaceAll(' ', '-'), section]),
)

test.each(alerts())('$name is tested both ways, and its page tells what to do', ({ name, page }) => {
  // One of them expects that it fires, another that it does not.
  const cases = tests.split('alertname: ').filter(each => each.startsWith(name))
  expect(cases.map(each => each.includes('exp_alerts'))).toEqual(expect.arrayContaining([true, false]))
  const section = sections.get(page)
  expect(section).toContain(`\`${name}\``)
  for (const part of ['**It means**', '**Look**', '**Mend', '**Mended when**']) expect(section).toContain(part)
})

test('no rule asks for a metric that nobody has', () => {
  const all = [metricDefinitions, consoleMetricDefinitions, watchMetricDefinitions, auditMetricDefinitions]
  const known = new Set<string>(all.flatMap(those => Object.values(those)).map(({ name }) => name))
  const asked = alerts().flatMap(({ when }) => when.match(/saga_[a-z_]+/g) ?? [])
  expect(asked.filter(name => !known.has(name.replace(/_count$/, '')))).toEqual([])
})
