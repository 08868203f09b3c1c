import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serviceNames } from '../../infra/shop/topics.ts'
import type { Run } from './run.ts'

interface Report {
  readonly scenarios: readonly { readonly name: string; readonly conditions: string; readonly median: Run }[]
  readonly peers: readonly { readonly peer: { readonly name: string }; readonly median: Run }[]
  readonly trials: readonly { readonly name: string; readonly figures: Readonly<Record<string, unknown>> }[]
}
const scenarioNames = ['one', 'fifty', 'mix', 'hot-sku', 'open-50', 'two']
const stackNames = ['postgres', 'kafka', 'registry']
const loadNames = ['load', 'watch']
const columns = [
  ...['sagas/s', 'confirmed/s', 'refused %', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU us/saga', 'WAL B/saga'],
  ...['syncs/1000', 'tx/1000', 'others %'],
]

test('the benchmark gives all its figures, of each kind of load, of a peer and of a trial, on any machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const json = join(folder, 'report.json')
  const args = [
    ...['--scenario', scenarioNames.join(), '--together', '100', '--seconds', '2', '--warmup', '2'],
    ...['--peers', 'sql,naive', '--trial', 'idle', '--json', json],
  ]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'bench.ts'), ...args],
    { encoding: 'utf8' },
  )
  expect(status, stdout + stderr).toBe(0)
  const rows = stdout.split('\n').map(line => line.trim().split(/ {2,}/))

  const { scenarios, peers, trials } = JSON.parse(readFileSync(json, 'utf8')) as Report
  expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames)
  expect(rows).toContainEqual(columns)
  for (const { name, median: run } of scenarios) {
    expectFigures(run, name)
    // An open loop at which a slow machine has turned some away may be without percentiles.
    if (name !== 'open-50' || run.refusedShare === 0) expectLatencies(run, name)
    expect(Object.keys(run.latencyMs), name).toEqual(['p50', 'p95', 'p99', 'max'])
    expectAbove0(run.cpuMicrosPerSaga, [...serviceNames, 'postgres', 'kafka'], name)
    expect(Object.keys(run.cpuMicrosPerSaga).sort(), name).toEqual(
      [...serviceNames, ...stackNames, ...loadNames].sort(),
    )
    expectAbove0(run.batchSizes, ['order http', ...serviceNames.map(service => `${service} kafka`)], name)
    const row = rows.find(([first, ...cells]) => first === name && cells.length === columns.length)
    expect(row, `${name} has no row in\n${stdout}`).toBeDefined()
  }
  const [one, fifty, mix, hotSku] = scenarios.map(({ median }) => median) as [Run, Run, Run, Run]
  for (const plain of [one, fifty, hotSku]) {
    expect(Object.keys(plain.endings)).toEqual(['CONFIRMED'])
    expect(plain.confirmedPerSecond).toBe(plain.sagasPerSecond)
  }
  expect(one.answers['POST /orders 202']).toBeGreaterThan(0)
  for (const batched of [fifty, mix, hotSku]) expect(batched.answers['POST /orders/batch 200']).toBeGreaterThan(0)
  expect(scenarios[1]!.conditions).toContain('50 a request')
  expect(Object.keys(mix.endings).sort()).toEqual(['CANCELLED', 'CONFIRMED', 'REFUNDED'])
  expect(mix.confirmedPerSecond).toBeLessThan(mix.sagasPerSecond)

  expect(peers.map(({ peer }) => peer.name)).toEqual(['sql', 'naive'])
  for (const { peer, median: run } of peers) {
    expectFigures(run, peer.name)
    expectLatencies(run, peer.name)
    const own = peer.name === 'sql' ? ['plain-sql'] : ['order', 'inventory', 'balance', 'kafka']
    expectAbove0(run.cpuMicrosPerSaga, [...own, 'postgres', 'load'], peer.name)
    const row = rows.find(([first, ...cells]) => first === peer.name && cells.length === 7)
    expect(row?.at(-1), `${peer.name} has no row in\n${stdout}`).toMatch(/^100 under way, \d+ (connections|partitions)/)
  }

  expect(trials.map(({ name }) => name)).toEqual(['idle'])
  expect(Object.keys(trials[0]!.figures.shareOfCore as object).sort()).toEqual(
    [...serviceNames, 'postgres', 'kafka'].sort(),
  )
  expect(stdout).toContain('% of a core')
}, 900_000)

function expectFigures(run: Run, name: string): void {
  const above0 = ['sagasPerSecond', 'confirmedPerSecond', 'walBytesPerSaga', 'walSyncsPerSaga', 'transactionsPerSaga']
  expectAbove0(run as unknown as Record<string, number>, [...above0, 'settled', 'windowSeconds'], name)
  expect(run.refusedShare, `${name} refused`).toBeGreaterThanOrEqual(0)
  expect(run.othersShare, `${name} others`).toBeTypeOf('number')
  expect(Object.keys(run.answers).length, `${name} answers`).toBeGreaterThan(0)
}

function expectLatencies({ latencyMs: { p50, p95, p99, max } }: Run, name: string): void {
  expect(
    [p50, p95, p99, max].toSorted((a, b) => a - b),
    `${name} percentiles`,
  ).toEqual([p50, p95, p99, max])
  expect(p50, `${name} p50`).toBeGreaterThan(0)
}

function expectAbove0(figures: Readonly<Record<string, number>>, names: readonly string[], of: string): void {
  for (const name of names) expect(figures[name], `${of}: ${name}`).toBeGreaterThan(0)
}
