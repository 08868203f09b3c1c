import type { Counts } from '../../../src/contract.ts'
import { EndingsChart } from './endings-chart.tsx'
import { EndingsTable } from './endings-table.tsx'
import { seriesColour } from './series.ts'
import { spans, useHours } from './use-hours.ts'
import './endings.css'

/** How sagas ended over time, as a chart for the eye and as a table for everybody. */
export function EndingsPanel({ counts }: { counts: Counts }) {
  const [hours, setHours] = useHours()
  return (
    <section className="panel" aria-labelledby="endings">
      <header>
        <h2 id="endings">Endings over time</h2>
        <ul className="legend">
          {counts.endings.map((ending, at) => (
            <li key={ending}>
              <svg className="legend-key" viewBox="0 0 10 10" aria-hidden="true">
                <rect width="10" height="10" rx="2" fill={seriesColour(at)} />
              </svg>
              {ending}
            </li>
          ))}
          <li>
            <svg className="legend-key" viewBox="0 0 10 10" aria-hidden="true">
              <line className="began" x1="0" y1="5" x2="10" y2="5" />
            </svg>
            began
          </li>
        </ul>
        <label className="row small">
          <span className="muted">Last</span>
          <select value={hours} onChange={event => setHours(event.target.value)}>
            {spans.map(span => (
              <option key={span.hours} value={span.hours}>
                {span.label}
              </option>
            ))}
          </select>
        </label>
      </header>
      <div className="inside">
        <EndingsChart counts={counts} />
        <EndingsTable counts={counts} />
      </div>
    </section>
  )
}
