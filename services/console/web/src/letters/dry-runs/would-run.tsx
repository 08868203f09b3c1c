import type { DryRun } from 'saga-kit/admin'
import { JsonView } from '../../parts/json-view.tsx'
import { operationOf } from '../../parts/operation.ts'
import { shortType } from '../../parts/short-type.ts'
import { Tag, type Tone } from '../../parts/tag.tsx'

const tones: Record<string, Tone> = { succeeded: 'good', rejected: 'warn', failed: 'bad', dead: 'bad' }

/** The steps that would run: the letter's, then those of what is parked behind it. */
export const WouldRun = ({ steps }: Pick<DryRun, 'steps'>) => (
  <section>
    <h4>Steps</h4>
    <ol className="would-run">
      {steps.map((step, at) => (
        <li key={step.id}>
          <Tag tone={tones[step.outcome] ?? 'plain'}>{step.outcome}</Tag> <code>{operationOf(step)}</code> on{' '}
          {step.messageType ? shortType(step.messageType) : 'its message'}
          {at > 0 && <span className="muted"> (parked behind)</span>}
          {step.code && <code> {step.code}</code>}
          {step.error && <p className="small would-fail">{step.error}</p>}
          {step.request !== null && step.request !== undefined && (
            <JsonView value={step.request} label="What it would ask of the outside; the call is not made" />
          )}
        </li>
      ))}
    </ol>
  </section>
)
