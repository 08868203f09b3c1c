import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

interface Report {
  readonly scenarios: readonly { readonly name: string; readonly median?: Figures }[]
  readonly peers: readonly { readonly median?: Figures }[]
}
type Figures = Readonly<Record<'sagasPerSecond' | 'walBytesPerSaga', number>> & {
  readonly latencyMs: { readonly p50: number }
  readonly cpuMicrosPerSaga: Readonly<Record<string, number>>
  readonly endings: Readonly<Record<string, number>>
}

test('the benchmark gives figures of each kind of load, and of a peer, on any machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const json = join(folder, 'report.json')
  const args = [
    '--scenario',
    'one,mix,open-50,two',
    '--together',
    '100',
    '--seconds',
    '2',
    '--warmup',
    '2',
    '--peers',
    'sql',
  ]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'bench.ts'), ...args, '--json', json],
    { encoding: 'utf8' },
  )
  expect(status, stdout + stderr).toBe(0)

  const { scenarios, peers } = JSON.parse(readFileSync(json, 'utf8')) as Report
  expect(scenarios.map(({ name }) => name)).toEqual(['one', 'mix', 'open-50', 'two'])
  const figures = [...scenarios, ...peers].map(({ median }) => median!)
  expect(figures.length).toBe(5)
  for (const each of figures) {
    for (const name of ['sagasPerSecond', 'walBytesPerSaga'] as const) expect(each[name], name).toBeGreaterThan(0)
    expect(each.latencyMs.p50).toBeGreaterThan(0)
    expect(each.cpuMicrosPerSaga.postgres).toBeGreaterThan(0)
  }
  expect(Object.keys(figures[1]!.endings).sort()).toEqual(['CANCELLED', 'CONFIRMED', 'REFUNDED'])
  expect(stdout).toContain('others %')
}, 600_000)
