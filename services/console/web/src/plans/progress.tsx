import type { Plan } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'

/** How far it is. Nothing before it has begun. */
export function Progress({ plan: { status, letters, ended, already, failed, skipped, left } }: { plan: Plan }) {
  if (status === 'planned' || (status === 'outdated' && left === letters)) return null
  return (
    <div className="progress">
      <progress max={letters} value={letters - left} aria-label="Letters tried" />
      <ul>
        <Part name="ended" count={ended} />
        {already > 0 && <Part name="gone before" count={already} />}
        <Part name="failed" count={failed} bad={failed > 0} />
        <Part name="skipped, behind one that failed" count={skipped} />
        <Part name="left" count={left} />
      </ul>
    </div>
  )
}

const Part = ({ name, count, bad = false }: { name: string; count: number; bad?: boolean }) => (
  <li className={bad ? 'progress-bad' : undefined}>
    <strong>{thousands(count)}</strong> {name}
  </li>
)
