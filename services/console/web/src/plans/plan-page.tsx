import { Link } from 'wouter'
import type { Plan } from '../../../src/contract.ts'
import { Problem } from '../data/ask.ts'
import { usePlan } from '../data/use-plans.ts'
import { LettersTabs } from '../letters/letters-tabs.tsx'
import { Asked } from '../parts/asked.tsx'
import { counted } from '../parts/counted.ts'
import { Moment } from '../parts/moment.tsx'
import { Notice } from '../parts/notice.tsx'
import { useTitle } from '../parts/use-title.ts'
import { CountsTable } from './counts-table.tsx'
import { FailuresTable } from './failures-table.tsx'
import { PlanActs } from './plan-acts.tsx'
import { PlanLettersPanel } from './plan-letters-panel.tsx'
import { Progress } from './progress.tsx'
import { PlanStatus, statusText } from './status.tsx'
import './plan.css'

/** One replay, from its plan to its end: what its letters were as it was planned, and what became of them. */
export function PlanPage({ planId }: { planId: string }) {
  useTitle('Replay')
  const plan = usePlan(planId)
  const isUnknown = plan.error instanceof Problem && plan.error.status === 404
  return (
    <div className="page">
      <div className="page-head">
        <h1>Replay</h1>
        <LettersTabs />
      </div>
      {isUnknown ? (
        <p>
          Nothing is kept here of <code>{planId}</code>: it was run from somebody’s command line, or is long over.
        </p>
      ) : (
        <Asked query={plan}>{found => <Told plan={found} />}</Asked>
      )}
    </div>
  )
}

function Told({ plan }: { plan: Plan }) {
  const { status, letters, sagas, operator, createdAt, stoppedBy } = plan
  return (
    <>
      <section className="panel" aria-labelledby="plan">
        <header>
          <h2 id="plan">
            {counted(letters, 'letter')} of {counted(sagas, 'saga')}
          </h2>
          <p className="muted small">
            planned by {operator}, <Moment at={createdAt} /> UTC
          </p>
        </header>
        <div className="inside page">
          <p className="row">
            <PlanStatus status={status} /> {statusText(status)}
          </p>
          <StillOpen plan={plan} />
          {stoppedBy !== null && <Notice tone="bad">It stopped: {stoppedBy}</Notice>}
          <Progress plan={plan} />
          <PlanActs plan={plan} />
        </div>
      </section>
      <CountsTable counts={plan.counts} />
      {plan.failures.length > 0 && <FailuresTable failures={plan.failures} failed={plan.failed} />}
      {status === 'done' && plan.failures.length > 0 && (
        <p className="small">
          What died anew stands among the <Link href="/letters">open letters</Link>.
        </p>
      )}
      <PlanLettersPanel planId={plan.planId} />
    </>
  )
}

/** Said before it is run: a plan may have stood for long, and others replay and discard meanwhile. */
function StillOpen({ plan: { left, open } }: { plan: Plan }) {
  if (open === null || open === left) return null
  return (
    <Notice tone="warn">
      {counted(open, 'letter')} of {left} still to be replayed {open === 1 ? 'is' : 'are'} open: the others were
      replayed or discarded meanwhile, or have died anew. They are left as they are.
    </Notice>
  )
}
