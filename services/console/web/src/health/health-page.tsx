import { useHealth } from '../data/use-health.ts'
import { Asked } from '../parts/asked.tsx'
import { useTitle } from '../parts/use-title.ts'
import { AuditPanel } from './audit-panel.tsx'
import { InvariantsPanel } from './invariants-panel.tsx'
import { ObserverPanel } from './observer-panel.tsx'
import { ParticipantsPanel } from './participants-panel.tsx'

export function HealthPage() {
  useTitle('Health')
  const health = useHealth()
  return (
    <div className="page">
      <h1>Health</h1>
      <Asked query={health}>
        {({ participants, observer, conflicts, invariants, audit }) => (
          <>
            <InvariantsPanel invariants={invariants} />
            <ParticipantsPanel participants={participants} />
            <AuditPanel audit={audit} />
            <ObserverPanel observer={observer} conflicts={conflicts} />
          </>
        )}
      </Asked>
    </div>
  )
}
