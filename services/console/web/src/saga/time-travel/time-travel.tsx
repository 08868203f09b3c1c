import { useMemo } from 'react'
import type { Step } from '../../../../src/contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { rowsAfter } from './rows-after.ts'
import { RowsAt } from './rows-at.tsx'
import { StepList } from './step-list.tsx'
import { usePosition } from './use-position.ts'
import './time-travel.css'

/** The saga's own rows in every participant, as they stood after each step. */
export function TimeTravel({ steps: unsorted }: { steps: Step[] }) {
  const steps = useMemo(() => unsorted.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)), [unsorted])
  const [position, setPosition] = usePosition(steps.length)
  const rows = useMemo(() => rowsAfter(steps, position), [steps, position])
  const step = steps[position - 1]
  const said = step ? `after ${step.operation} of ${step.service}` : 'before the first step'
  return (
    <section className="panel" aria-labelledby="travel">
      <header>
        <h2 id="travel">Its rows, step by step</h2>
        {steps.length > 0 && (
          <div className="travel-control">
            <button type="button" disabled={position === 0} onClick={() => setPosition(position - 1)}>
              <Icon name="left" /> Before
            </button>
            <input
              type="range"
              aria-label="Steps done"
              aria-valuetext={said}
              min={0}
              max={steps.length}
              value={position}
              onChange={event => setPosition(Number(event.target.value))}
            />
            <button type="button" disabled={position === steps.length} onClick={() => setPosition(position + 1)}>
              After <Icon name="right" />
            </button>
          </div>
        )}
      </header>
      {steps.length === 0 ? (
        <p className="inside muted">No participant that answers keeps a log of this saga.</p>
      ) : (
        <div className="travel">
          <StepList steps={steps} position={position} onPosition={setPosition} />
          <RowsAt rows={rows} said={said} />
        </div>
      )}
    </section>
  )
}
