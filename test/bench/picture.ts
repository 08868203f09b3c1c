import type { Measured } from './report.ts'

/**
 * Latency against throughput, as a Mermaid chart (https://mermaid.js.org/syntax/xyChart.html): the median and the 99th
 * percentile of each open loop, by what was completed a second. Nothing where there are fewer than three of them.
 */
export function pictureOf(all: readonly Measured[]): string | undefined {
  const runs = all.flatMap(({ scenario: { arrival }, median }) => (arrival.loop === 'open' && median ? [median] : []))
  if (runs.length < 3) return undefined
  const rising = runs.toSorted((a, b) => a.sagasPerSecond - b.sagasPerSecond)
  const list = (values: readonly number[]) => `[${values.map(value => value.toFixed(0)).join(', ')}]`
  return [
    '```mermaid',
    'xychart-beta',
    '  title "p50 and p99 from request to settled"',
    `  x-axis "completed sagas a second" ${list(rising.map(run => run.sagasPerSecond))}`,
    '  y-axis "ms"',
    `  line ${list(rising.map(run => run.latencyMs.p50))}`,
    `  line ${list(rising.map(run => run.latencyMs.p99))}`,
    '```',
  ].join('\n')
}
