import { expect, test } from 'vitest'
import { exitCodeOf, type Findings, jsonOf } from './findings.ts'
import { peersTable } from './peers/report.ts'
import type { TriedVariant } from './peers/search.ts'
import { tablesOf } from './report.ts'
import { orders, runWith } from './run.fixture.ts'
import type { Run } from './run.ts'
import { inWords, summaryOf } from './runs.ts'
import { scenariosOf } from './scenarios.ts'
import { tellTried } from './trials/all.ts'

const whole = [runWith(orders(10)), runWith(orders(30)), runWith(orders(20))]
const broken = runWith(orders(5_551), { violations: ['a cent is missing'] })
const figureOfBroken = /555/

const scenario = (runs: readonly Run[]) => ({ scenario: scenariosOf(['one'])[0]!, ...summaryOf(runs) })
const variant = { together: 8, connections: 8, processes: 2 }
const peer = (runs: readonly Run[], tried: readonly TriedVariant[] = []) => ({
  ...{
    peer: { name: 'sql', what: 'plain SQL', connectionsAre: 'connections' as const },
    variant,
    tried,
    ...summaryOf(runs),
  },
})
const trial = (violations: readonly string[]) => ({ name: 'idle', table: '5551', figures: { cpu: 5_551 }, violations })
const nothing: Findings = { measured: [], peers: [], tried: [] }
const json = (findings: Partial<Findings>) => jsonOf({ ...nothing, ...findings }, { seconds: 10 })

test('runs that broke nothing have the figures of the one in the middle', () => {
  const measured = [scenario(whole)]
  expect(measured[0]!.median).toBe(whole[2])
  expect(tablesOf(measured)).toMatch(/^one +2 /m)
  expect(JSON.parse(json({ measured })).scenarios[0]).toMatchObject({
    ...{ name: 'one', median: { settled: 20 }, runs: [{ settled: 10 }, { settled: 30 }, { settled: 20 }] },
  })
  expect(exitCodeOf({ ...nothing, measured, peers: [peer(whole)], tried: [trial([])] })).toBe(0)
})

test.each([
  ['first', [broken, ...whole]],
  ['last', [...whole, broken]],
  ['only', [broken]],
])('a run that broke what always holds has no figure, and its scenario none: as the %s', (_, runs) => {
  const measured = [scenario(runs)]
  expect(measured[0]!.median).toBeUndefined()
  const text = tablesOf(measured)
  expect(text).toContain('one: NO FIGURE, since it broke what always holds:\n\na cent is missing')
  expect(text).not.toMatch(/^one +\d/m)
  expect(inWords(broken)).toBe('a cent is missing')

  expect(json({ measured })).not.toMatch(figureOfBroken)
  const [found] = JSON.parse(json({ measured })).scenarios
  expect(found.median).toBeUndefined()
  expect(found.runs).toContainEqual({ violations: ['a cent is missing'] })
  expect(exitCodeOf({ ...nothing, measured })).toBe(1)
})

test('nor has a peer', () => {
  const peers = [peer([...whole, broken])]
  expect(peersTable(peers, undefined)).toMatch(/^sql +broken/m)
  expect(peersTable(peers, undefined)).toContain('sql is broken: a cent is missing')
  expect(peersTable(peers, undefined)).not.toMatch(figureOfBroken)
  expect(json({ peers })).not.toMatch(figureOfBroken)
  expect(exitCodeOf({ ...nothing, peers })).toBe(1)
})

test('a peer that was broken at one of the numbers that were tried makes the benchmark fail', () => {
  const tried = [{ ...variant, together: 16, sagasPerSecond: undefined, violations: ['a cent is missing'] }]
  const peers = [peer(whole, tried)]
  expect(peersTable(peers, scenario(whole))).toMatch(/^sql +2 .* 1\.0 +8 under way, 8 connections, 2 processes$/m)
  expect(peersTable(peers, undefined)).toContain('16 under way, 8 connections, 2 processes: broken')
  expect(peersTable(peers, undefined)).toContain('sql is broken: a cent is missing')
  expect(exitCodeOf({ ...nothing, peers })).toBe(1)
})

test('nor a trial', () => {
  const tried = [trial(['order has ended'])]
  expect(tellTried(tried[0]!)).toBe('idle: NO FIGURE, since it broke what always holds:\norder has ended')
  expect(JSON.parse(json({ tried })).trials).toEqual([{ name: 'idle', violations: ['order has ended'] }])
  expect(exitCodeOf({ ...nothing, tried })).toBe(1)
})
