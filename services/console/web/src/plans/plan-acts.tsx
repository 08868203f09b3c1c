import { useState } from 'react'
import type { Plan } from '../../../src/contract.ts'
import { useWhyNot } from '../data/session.ts'
import { useActOnPlan } from '../data/use-plans.ts'
import { ActButton } from '../letters/act-button.tsx'
import { why } from '../parts/asked.tsx'
import { counted } from '../parts/counted.ts'
import { Notice } from '../parts/notice.tsx'

/** A pace at which one can still see that something goes wrong, and stop. */
const carefulRate = '10'

/** What can be done about a plan as it stands: confirm it, pause it, let it go on, or end it. */
export function PlanActs({ plan }: { plan: Plan }) {
  const { status, planId } = plan
  const open = counted(plan.open ?? plan.left, 'letter')
  const whyNot = useWhyNot()
  const act = useActOnPlan(planId)
  const [rate, setRate] = useState(plan.rate === null ? carefulRate : String(plan.rate))
  const isRunnable = status === 'planned' || status === 'paused' || status === 'interrupted'
  const isMoving = status === 'running' || status === 'pausing'
  if (!isRunnable && !isMoving && status !== 'outdated') return null
  const rateOf = rate.trim() === '' ? null : Number(rate)
  const wrongRate = rateOf !== null && !(rateOf > 0 && rateOf <= 10_000)
  return (
    <>
      <div className="plan-acts">
        {isRunnable && (
          <>
            <label className="field">
              <span>Letters a second; empty: no limit</span>
              <input
                type="number"
                inputMode="decimal"
                min="0.1"
                max="10000"
                step="any"
                value={rate}
                aria-invalid={wrongRate}
                onChange={event => setRate(event.target.value)}
              />
            </label>
            <ActButton
              primary
              whyNot={
                whyNot ?? (wrongRate ? 'The rate must be above 0 and at most 10000 letters a second.' : undefined)
              }
              isPending={act.isPending}
              onAct={() => act.mutate({ act: 'run', rate: rateOf })}
            >
              {status === 'planned' ? `Replay ${open}` : `Go on with ${open}`}
            </ActButton>
          </>
        )}
        {isMoving && (
          <ActButton
            whyNot={whyNot ?? (status === 'pausing' ? 'It is pausing already.' : undefined)}
            isPending={act.isPending}
            onAct={() => act.mutate({ act: 'pause' })}
          >
            Pause
          </ActButton>
        )}
        <ActButton danger whyNot={whyNot} isPending={act.isPending} onAct={() => act.mutate({ act: 'cancel' })}>
          {status === 'planned' || status === 'outdated' ? 'Drop the plan' : 'Cancel what is left'}
        </ActButton>
        {whyNot && <p className="muted small">{whyNot}</p>}
      </div>
      {act.error && <Notice tone="bad">{why(act.error)}</Notice>}
    </>
  )
}
