import { usePlans } from '../data/use-plans.ts'
import { LettersTabs } from '../letters/letters-tabs.tsx'
import { Asked } from '../parts/asked.tsx'
import { useTitle } from '../parts/use-title.ts'
import { PlansTable } from './plans-table.tsx'

export function PlansPage() {
  useTitle('Replays')
  const plans = usePlans()
  return (
    <div className="page">
      <div className="page-head">
        <h1>Replays</h1>
        <LettersTabs />
      </div>
      <section className="panel" aria-label="Replays">
        <Asked query={plans}>
          {({ plans: known }) =>
            known.length === 0 ? (
              <p className="inside muted">None has been planned yet. Choose letters, and plan a replay of them.</p>
            ) : (
              <PlansTable plans={known} />
            )
          }
        </Asked>
      </section>
    </div>
  )
}
