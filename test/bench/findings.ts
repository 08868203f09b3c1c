import type { MeasuredPeer } from './peers/compare.ts'
import { conditionsOf, type Measured, machine } from './report.ts'
import type { Run } from './run.ts'
import type { Tried } from './trials/trial.ts'

/** All that a benchmark has found. */
export interface Findings {
  readonly measured: readonly Measured[]
  readonly peers: readonly MeasuredPeer[]
  readonly tried: readonly Tried[]
}

/** 1 when anything broke what always holds. */
export function exitCodeOf({ measured, peers, tried }: Findings): 0 | 1 {
  const all = [...[...measured, ...peers].flatMap(({ runs }) => runs), ...peers.flatMap(peer => peer.tried), ...tried]
  return all.every(({ violations }) => violations.length === 0) ? 0 : 1
}

/** For machines: the figures of all runs, and of those that broke what always holds nothing but what they broke. */
export function jsonOf({ measured, peers, tried }: Findings, { seconds }: { readonly seconds: number }): string {
  const scenarios = measured.map(({ scenario, runs, median }) => ({
    ...{ ...scenario, conditions: conditionsOf(scenario) },
    ...{ runs: runs.map(unbroken), median },
  }))
  const found = {
    ...{ machine: machine(), seconds, scenarios },
    peers: peers.map(peer => ({ ...peer, runs: peer.runs.map(unbroken) })),
    trials: tried.map(each => (each.violations.length > 0 ? { name: each.name, violations: each.violations } : each)),
  }
  return `${JSON.stringify(found, null, 2)}\n`
}

const unbroken = (run: Run) => (run.violations.length > 0 ? { violations: run.violations } : run)
