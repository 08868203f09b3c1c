import type { Measured } from './report.ts'
import { percent } from './table.ts'

/**
 * Latency against throughput, as a Mermaid chart (https://mermaid.js.org/syntax/xyChart.html): the median and the 99th
 * percentile of each open loop, by what was completed a second. Nothing where there are fewer than three that have both: of
 * those that refused more, it is said below.
 */
export function pictureOf(all: readonly Measured[]): string | undefined {
  const open = all.flatMap(({ scenario: { name, arrival }, median: run }) =>
    arrival.loop === 'open' && run ? [{ name, run }] : [],
  )
  const hasBoth = ({ run }: (typeof open)[number]) => Number.isFinite(run.latencyMs.p99)
  const rising = open.filter(hasBoth).toSorted((a, b) => a.run.sagasPerSecond - b.run.sagasPerSecond)
  if (rising.length < 3) return undefined
  const refusing = open.filter(each => !hasBoth(each))
  const list = (figure: (of: (typeof open)[number]['run']) => number) =>
    `[${rising.map(({ run }) => figure(run).toFixed(0)).join(', ')}]`
  const refused = (of: typeof open) => of.map(({ name, run }) => `${name} ${percent(run.refusedShare)}%`).join(', ')
  return [
    '```mermaid',
    'xychart-beta',
    '  title "p50 and p99 from request to settled"',
    `  x-axis "completed sagas a second" ${list(run => run.sagasPerSecond)}`,
    '  y-axis "ms"',
    `  line ${list(run => run.latencyMs.p50)}`,
    `  line ${list(run => run.latencyMs.p99)}`,
    '```',
    `Refused: ${refused(rising)}`,
    ...(refusing.length > 0 ? [`Not in it, since more than 1% were refused: ${refused(refusing)}`] : []),
  ].join('\n')
}
