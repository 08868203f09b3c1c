import type { DryRun } from 'saga-kit/admin'
import { RowDifference } from '../../difference/row-difference.tsx'

/** The state rows that would change. */
export const WouldChange = ({ rows }: Pick<DryRun, 'rows'>) => (
  <section>
    <h4>Rows</h4>
    {rows.length === 0 && <p className="muted small">None would change.</p>}
    {rows.map(({ table, key, before, after }) => (
      <div key={`${table} ${key}`} className="would-change">
        <p className="small">
          {table} <code className="muted">{key}</code>
        </p>
        <RowDifference before={before} after={after} name={`${table} ${key}`} />
      </div>
    ))}
  </section>
)
