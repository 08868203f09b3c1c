import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { kindNames } from './plan.ts'
import type { Report } from './report.ts'

/** The command as people call it. It ends by itself; a loaded machine takes longer to show each effect. */
async function chaos(...args: string[]): Promise<{ exitCode: number | null; output: string; report: Report }> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const json = join(folder, 'report.json')
  const command = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'chaos.ts'), ...args]
  const child = spawn(process.execPath, [...command, '--json', json], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill())
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk
    })
  const exitCode = await new Promise<number | null>(resolve => child.once('close', resolve))
  expect(existsSync(json), output).toBe(true)
  return { exitCode, output, report: JSON.parse(readFileSync(json, 'utf8')) }
}

test('for a minute everything fails in every way, and nothing is lost, done twice or stuck', async () => {
  const { exitCode, output, report } = await chaos('--minutes', '1', '--rate', '30')
  expect(exitCode, output).toBe(0)
  expect(report.sagas).toBeGreaterThan(300)
  const felt = (kind: string) => report.faults.filter(fault => fault.kind === kind && fault.hadEffect).length
  for (const kind of kindNames) expect(felt(kind), kind).toBeGreaterThanOrEqual(1)
  for (const { name, violations } of report.checks) expect(violations, name).toEqual([])
  expect(report.counted.duplicates).toBeGreaterThan(0)
  // As the benchmark runs it: processes were killed while transactions of some hundred messages were under way.
  for (const source of ['http', 'kafka'] as const)
    expect(report.transactions[source].above200, source).toBeGreaterThan(0)
}, 1_200_000)
