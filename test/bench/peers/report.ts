import { sectionOf } from '../report.ts'
import type { Run } from '../run.ts'
import { tableOf, whole } from '../table.ts'
import { type MeasuredPeer, variantInWords } from './compare.ts'

/** What the shop does of what each peer does, in the same run, one order a request on both sides. */
export function peersTable(measured: readonly MeasuredPeer[], shop: Run | undefined): string {
  const cpuOf = (run: Run) => Object.values(run.cpuMicrosPerSaga).reduce((sum, each) => sum + each, 0)
  const cells = (run: Run | undefined) =>
    run
      ? [run.sagasPerSecond, run.latencyMs.p50, run.latencyMs.p99, cpuOf(run), run.walBytesPerSaga].map(whole)
      : ['broken', '-', '-', '-', '-']
  const ratio = (run: Run | undefined) =>
    run && shop ? `${(shop.sagasPerSecond / run.sagasPerSecond).toFixed(1)}` : '-'
  const figured = measured.flatMap(({ peer, median: run }) => (run ? [{ scenario: peer, run }] : []))
  return [
    tableOf([
      ['', 'sagas/s', 'p50 ms', 'p99 ms', 'CPU us/saga', 'WAL B/saga', 'shop / it'],
      ...(shop ? [['the shop', ...cells(shop), '1']] : []),
      ...measured.map(({ peer, median }) => [peer.name, ...cells(median), ratio(median)]),
    ]),
    sectionOf('CPU us a saga', figured, run => run.cpuMicrosPerSaga, whole),
    [
      'Conditions: closed loop, one order a request, each at the best of the numbers that were tried; one PostgreSQL with durable',
      'commits for all, one machine for everything. The shop has all safeguards, four databases, notifications, timers, refunds; the',
      'peers take an order to its good end only, without notifications, timers, cancellations or prices in messages.',
    ].join('\n'),
    ...measured.map(({ peer, variant, tried }) =>
      [
        `${peer.name}: ${peer.what}; at ${variantInWords(variant)}. Tried: ${tried
          .map(each => `${each.together}/${each.connections} ${each.sagasPerSecond.toFixed(0)}/s`)
          .join(', ')}`,
      ].join('\n'),
    ),
    ...measured.flatMap(({ peer, runs }) =>
      runs.flatMap(({ violations }) => violations.map(violation => `${peer.name} is broken: ${violation}`)),
    ),
  ].join('\n\n')
}
