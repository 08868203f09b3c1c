import type { Counts } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { utc } from '../parts/moment.tsx'
import { useWidth } from '../parts/use-width.ts'
import { barsOf, ceiling } from './bars.ts'
import { seriesColour } from './series.ts'

const height = 132
const plot = { top: 8, bottom: 22, left: 44, right: 4 }

/** Stacked bars by ending, with a line for how many began; the table below says the same. */
export function EndingsChart({ counts }: { counts: Counts }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const { buckets, bucketMs } = counts
  const bars = barsOf(counts)
  const end = ceiling(Math.max(...buckets.map(each => each.began), ...bars.map(bar => bar.at(-1)?.to ?? 0), 1))
  const step = (width - plot.left - plot.right) / Math.max(buckets.length, 1)
  const x = (at: number) => plot.left + at * step
  const y = (count: number) => plot.top + (1 - count / end) * (height - plot.top - plot.bottom)
  const gap = step > 6 ? 2 : 0.5
  const began = buckets.map((each, at) => `${at === 0 ? 'M' : 'L'}${x(at)} ${y(each.began)}H${x(at + 1)}`).join('')
  return (
    <div ref={ref} className="endings-chart">
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {[0, end / 2, end].map(count => (
            <g key={count}>
              <line className="tick" x1={plot.left} x2={width - plot.right} y1={y(count)} y2={y(count)} />
              <text x={plot.left - 8} y={y(count) + 4} textAnchor="end">
                {Number.isInteger(count) ? thousands(count) : ''}
              </text>
            </g>
          ))}
          {bars.map((bar, at) => (
            <g key={buckets[at]!.from}>
              <title>{titleOf(buckets[at]!)}</title>
              <rect className="hit" x={x(at)} y={plot.top} width={step} height={height - plot.top - plot.bottom} />
              {bar.map(({ series, from, to }) => (
                <rect
                  key={series}
                  x={x(at) + gap / 2}
                  width={Math.max(step - gap, 0.5)}
                  y={y(to)}
                  height={Math.max(y(from) - y(to) - (bar.length > 1 ? 0.75 : 0), 0.75)}
                  fill={seriesColour(series)}
                />
              ))}
            </g>
          ))}
          <path className="began" d={began} />
          {labelled(buckets.length, step).map(at => (
            <text key={at} x={x(at)} y={height - 6}>
              {label(buckets[at]!.from, bucketMs * buckets.length)}
            </text>
          ))}
        </svg>
      )}
    </div>
  )
}

const labelWidth = 84
const dayMs = 86_400_000

/** As many buckets are labelled as there is room for. */
function labelled(buckets: number, step: number): number[] {
  const every = Math.max(1, Math.ceil(labelWidth / Math.max(step, 1)))
  return Array.from({ length: Math.floor((buckets - 1) / every) + 1 }, (_, at) => at * every).filter(
    at => (buckets - at) * step > labelWidth / 2,
  )
}

const label = (from: string, spanMs: number) =>
  spanMs > 2 * dayMs ? utc(from, 'second').slice(5, 16) : utc(from, 'second').slice(11, 16)

const titleOf = ({ from, began, endings }: Counts['buckets'][number]) =>
  [
    `${utc(from, 'second')} UTC`,
    `began: ${began}`,
    ...Object.entries(endings).map(([name, n]) => `${name}: ${n}`),
  ].join('\n')
