import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './generated-file.ts'

const generators = [
  'schemas/generate.ts',
  'test/checks/settings-table.ts',
  'test/checks/metrics-table.ts',
  'test/checks/command-line.ts',
  'test/checks/readme-graph.ts',
  'test/checks/guide-code.ts',
  'test/checks/prometheus-rules.ts',
  'test/checks/grafana-dashboards.ts',
]
const checks = [...generators.map(generator => [generator, '--check']), ['test/checks/error-codes.ts']]

// node test/checks/generated.ts           generates every generated file
// node test/checks/generated.ts --check   fails when one of them, or the list of error codes, is not what the code says now
const commands = process.argv.includes('--check') ? checks : generators.map(generator => [generator])
for (const [script = '', ...args] of commands) {
  if (!existsSync(join(repository, script))) continue
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: repository, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
