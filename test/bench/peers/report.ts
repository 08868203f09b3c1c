import { type Measured, sectionOf } from '../report.ts'
import type { Run } from '../run.ts'
import { tableOf, whole } from '../table.ts'
import { type MeasuredPeer, variantInWords } from './compare.ts'
import type { TriedVariant } from './search.ts'

/** What the shop does of what each peer does, in the same run, one order a request on both sides. */
export function peersTable(measured: readonly MeasuredPeer[], shop: Measured | undefined): string {
  const cpuOf = (run: Run) => Object.values(run.cpuMicrosPerSaga).reduce((sum, each) => sum + each, 0)
  const cells = (run: Run | undefined) =>
    run
      ? [run.sagasPerSecond, run.latencyMs.p50, run.latencyMs.p99, cpuOf(run), run.walBytesPerSaga].map(whole)
      : ['broken', '-', '-', '-', '-']
  const ratio = (run: Run | undefined) =>
    run && shop?.median ? (shop.median.sagasPerSecond / run.sagasPerSecond).toFixed(1) : '-'
  const figured = measured.flatMap(({ peer, median: run }) => (run ? [{ scenario: peer, run }] : []))
  return [
    tableOf([
      ['', 'sagas/s', 'p50 ms', 'p99 ms', 'CPU us/saga', 'WAL B/saga', 'shop / it', 'at'],
      ...(shop ? [['the shop', ...cells(shop.median), ratio(shop.median), togetherIn(shop)]] : []),
      ...measured.map(({ peer, median, variant }) => [
        ...[peer.name, ...cells(median), ratio(median)],
        variant ? variantInWords(variant, peer) : '-',
      ]),
    ]),
    sectionOf('CPU us a saga', figured, run => run.cpuMicrosPerSaga, whole),
    [
      'Conditions: closed loop, one order a request; the shop at the number under way of its scenario, each peer at the best of those that',
      'were tried; one PostgreSQL with durable commits for all, one machine for everything. The shop has all safeguards, four databases,',
      'notifications, timers, refunds; the peers take an order to its good end only, without notifications, timers, cancellations or',
      'prices in messages.',
    ].join('\n'),
    ...measured.map(({ peer, tried }) =>
      [
        `${peer.name}: ${peer.what}. Tried:`,
        ...tried.map(each => `  ${variantInWords(each, peer)}: ${rateOf(each)}`),
      ].join('\n'),
    ),
    ...measured.flatMap(({ peer, runs, tried }) =>
      [...tried, ...runs].flatMap(({ violations }) =>
        violations.map(violation => `${peer.name} is broken: ${violation}`),
      ),
    ),
  ].join('\n\n')
}

const togetherIn = ({ scenario: { arrival } }: Measured) =>
  arrival.loop === 'closed' ? `${arrival.together} under way` : ''

const rateOf = ({ sagasPerSecond }: TriedVariant) =>
  sagasPerSecond === undefined ? 'broken' : `${whole(sagasPerSecond)} sagas/s`
