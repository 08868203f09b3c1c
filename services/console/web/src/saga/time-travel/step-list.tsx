import type { Step } from '../../../../src/contract.ts'
import { utc } from '../../parts/moment.tsx'

/** The steps in the order of their times; choosing one looks at the rows after it. */
export const StepList = ({ steps, position, onPosition }: StepListProps) => (
  <ol className="step-list">
    {[undefined, ...steps].map((step, at) => (
      <li key={step ? `${step.service} ${step.operation}` : ''}>
        <button
          type="button"
          className={at <= position ? 'bare step-done' : 'bare'}
          aria-current={at === position ? 'step' : undefined}
          onClick={() => onPosition(at)}
        >
          {step ? (
            <>
              <span className="step-time">{utc(step.at, 'time')}</span>
              <span className="step-what">
                <code>{step.operation}</code>
                <span className="muted"> {step.service}</span>
                {step.status !== 'succeeded' && <span className="step-status"> {step.errorCode ?? step.status}</span>}
              </span>
              {step.rows.length > 0 && (
                <span className="step-rows" title={`${step.rows.length} rows changed`}>
                  {step.rows.length}
                  <span className="unseen"> rows changed</span>
                </span>
              )}
            </>
          ) : (
            'before the first step'
          )}
        </button>
      </li>
    ))}
  </ol>
)

interface StepListProps {
  steps: Step[]
  position: number
  onPosition: (position: number) => void
}
