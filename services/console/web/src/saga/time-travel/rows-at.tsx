import { RowDifference } from '../../difference/row-difference.tsx'
import { Tag } from '../../parts/tag.tsx'
import type { RowAt } from './rows-after.ts'

/** The rows at one moment; those that the step changed with their difference, and first in the eye by their frame. */
export const RowsAt = ({ rows, said }: { rows: RowAt[]; said: string }) => (
  <div className="rows-at">
    <p className="small muted" aria-live="polite">
      The rows {said}
      {rows.length === 0 && ': there are none'}.
    </p>
    {rows.map(row => (
      <section key={`${row.service} ${row.table} ${row.key}`} className={row.changed ? 'row-at row-changed' : 'row-at'}>
        <h3>
          {row.service} · {row.table} <code className="muted">{row.key}</code>{' '}
          {row.changed && <Tag tone="accent">{word(row)}</Tag>}
        </h3>
        <RowDifference before={row.before} after={row.after} name={`${row.table} of ${row.service}`} />
      </section>
    ))}
  </div>
)

const word = ({ before, after }: RowAt) => (before === null ? 'created' : after === null ? 'deleted' : 'changed')
