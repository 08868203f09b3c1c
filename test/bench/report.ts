import { cpus } from 'node:os'
import type { Run } from './run.ts'
import type { Runs } from './runs.ts'
import type { Scenario } from './scenarios.ts'
import { percent, tableOf, whole } from './table.ts'

export interface Measured extends Runs {
  readonly scenario: Scenario
}

export const machine = () => `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`

/** For people: how fast, what of, and in what portions. */
export function tablesOf(all: readonly Measured[]): string {
  const figured = all.flatMap(({ scenario, median }) => (median ? [{ scenario, run: median }] : []))
  return [
    tableOf([
      [
        '',
        'sagas/s',
        'confirmed/s',
        'refused %',
        'p50 ms',
        'p95 ms',
        'p99 ms',
        'CPU us/saga',
        'WAL B/saga',
        'syncs/1000',
        'tx/1000',
        'others %',
      ],
      ...figured.map(({ scenario, run }) => [
        scenario.name,
        ...[whole(run.sagasPerSecond), whole(run.confirmedPerSecond), percent(run.refusedShare)],
        ...[run.latencyMs.p50, run.latencyMs.p95, run.latencyMs.p99].map(whole),
        whole(Object.values(run.cpuMicrosPerSaga).reduce((sum, each) => sum + each, 0)),
        ...[run.walBytesPerSaga, 1_000 * run.walSyncsPerSaga, 1_000 * run.transactionsPerSaga].map(whole),
        whole(100 * run.othersShare),
      ]),
    ]),
    sectionOf('CPU us a saga', figured, run => run.cpuMicrosPerSaga, whole),
    sectionOf(
      'messages a transaction',
      figured,
      run => run.batchSizes,
      value => value.toFixed(1),
    ),
    ...figured.map(({ scenario, run }) => {
      const counts = (of: Readonly<Record<string, number>>) =>
        Object.entries(of)
          .map(([name, count]) => `${name}: ${count}`)
          .join(', ')
      return `${scenario.name}: ${conditionsOf(scenario)}\n  all orders, those of the ramp and of the drain too: ${counts(run.endings)}; ${counts(run.answers)}`
    }),
    ...all.flatMap(({ scenario, runs }) =>
      runs.flatMap(({ violations }) =>
        violations.length > 0 ? [`${scenario.name}: NO FIGURE, since it broke what always holds:`, ...violations] : [],
      ),
    ),
  ].join('\n\n')
}

export function conditionsOf({ what, arrival, perPost, instances }: Scenario): string {
  const loop = arrival.loop === 'closed' ? `${arrival.together} under way` : `${arrival.perSecond}/s open loop`
  return `${what}; ${loop}, ${perPost} a request, ${instances === 1 ? 'one instance' : 'two instances'} of each service`
}

export function sectionOf(
  title: string,
  figured: readonly { readonly scenario: { readonly name: string }; readonly run: Run }[],
  figures: (run: Run) => Readonly<Record<string, number>>,
  text: (value: number) => string,
): string {
  const columns = [...new Set(figured.flatMap(({ run }) => Object.keys(figures(run))))]
  return tableOf([
    [title, ...columns],
    ...figured.map(({ scenario, run }) => [
      scenario.name,
      ...columns.map(column => {
        const value = figures(run)[column]
        return value === undefined ? '' : text(value)
      }),
    ]),
  ])
}
