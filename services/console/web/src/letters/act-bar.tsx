import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Selection } from '../../../src/contract.ts'
import { useWhyNot } from '../data/session.ts'
import { useDryRuns } from '../data/use-letters.ts'
import { useCreatePlan } from '../data/use-plans.ts'
import { why } from '../parts/asked.tsx'
import { counted, thousands } from '../parts/counted.ts'
import { Notice } from '../parts/notice.tsx'
import { ActButton } from './act-button.tsx'
import { DryRunsPanel } from './dry-runs/dry-runs-panel.tsx'

/** As many as can be read one after the other; a plan is for the rest. */
const sample = 5

interface ActBarProps {
  selection: Selection
  /** How many letters that is; undefined while it is not known. */
  count: number | undefined
  about: ReactNode
  onDone?: () => void
  /** Other acts. */
  children?: ReactNode
}

/** What can be done about letters. A replay is planned first, which changes nothing, and confirmed on the plan's page. */
export function ActBar({ selection, count, about, onDone, children }: ActBarProps) {
  const [, navigate] = useLocation()
  const whyNot = useWhyNot()
  const dryRuns = useDryRuns()
  const createPlan = useCreatePlan()
  const plan = () =>
    createPlan.mutate(selection, {
      onSuccess: ({ planId }) => {
        onDone?.()
        navigate(`/plans/${encodeURIComponent(planId)}`)
      },
    })
  const error = createPlan.error ?? dryRuns.error
  return (
    <>
      <div className="act-bar">
        <p>{about}</p>
        <ActButton whyNot={whyNot} isPending={dryRuns.isPending} onAct={() => dryRuns.mutate({ selection, sample })}>
          {dryRunText(count)}
        </ActButton>
        <ActButton whyNot={whyNot} isPending={createPlan.isPending} onAct={plan} primary>
          Plan a replay {count !== undefined && `of ${counted(count, 'letter')} `}…
        </ActButton>
        {children}
        {whyNot && <p className="muted">{whyNot}</p>}
      </div>
      {error && (
        <div className="inside">
          <Notice tone="bad">{why(error)}</Notice>
        </div>
      )}
      {dryRuns.data && <DryRunsPanel dryRuns={dryRuns.data} onClose={dryRuns.reset} />}
    </>
  )
}

function dryRunText(count: number | undefined): string {
  if (count === 1) return 'Dry run'
  if (count === undefined) return `Dry run of the first ${sample}`
  return count <= sample ? `Dry run of all ${count}` : `Dry run of the first ${sample} of ${thousands(count)}`
}
