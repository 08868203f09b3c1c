import { Link } from 'wouter'
import { usePlans } from '../data/use-plans.ts'
import { LettersTabs } from '../letters/letters-tabs.tsx'
import { Asked } from '../parts/asked.tsx'
import { thousands } from '../parts/counted.ts'
import { shortened } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useTitle } from '../parts/use-title.ts'
import { PlanStatus } from './status.tsx'

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
              <Scroll label="Replays">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Plan</th>
                      <th scope="col">Planned (UTC)</th>
                      <th scope="col">By</th>
                      <th scope="col">Status</th>
                      {['Letters', 'Ended', 'Failed', 'Skipped', 'Left'].map(name => (
                        <th key={name} scope="col" className="number">
                          {name}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {known.map(plan => (
                      <tr key={plan.planId}>
                        <th scope="row">
                          <Link className="mono nowrap" href={`/plans/${encodeURIComponent(plan.planId)}`}>
                            {shortened(plan.planId)}
                          </Link>
                        </th>
                        <td>
                          <Moment at={plan.createdAt} />
                        </td>
                        <td>{plan.operator}</td>
                        <td>
                          <PlanStatus status={plan.status} />
                        </td>
                        {[plan.letters, plan.ended, plan.failed, plan.skipped, plan.left].map((count, at) => (
                          // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
                          <td key={at} className="number">
                            {thousands(count)}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
            )
          }
        </Asked>
      </section>
    </div>
  )
}
