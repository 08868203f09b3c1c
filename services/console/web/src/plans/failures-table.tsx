import { Link } from 'wouter'
import type { Plan } from '../../../src/contract.ts'
import { letterPath } from '../letters/letter-path.ts'
import { shortened } from '../parts/identifier.tsx'
import { SagaLink } from '../parts/saga-link.tsx'
import { type Column, Table } from '../parts/table.tsx'

type Failure = Plan['failures'][number]

const columns: Column<Failure>[] = [
  {
    title: 'Letter',
    is: 'name',
    of: failure => (
      <Link className="mono nowrap" href={letterPath(failure)} title={failure.id}>
        {shortened(failure.id)}
      </Link>
    ),
  },
  { title: 'Service', of: ({ service }) => service },
  { title: 'Saga', of: ({ sagaId }) => sagaId !== null && <SagaLink sagaId={sagaId} /> },
  { title: 'How', className: 'nowrap', of: ({ how }) => how ?? '–' },
  { title: 'Why', of: ({ detail }) => detail },
]

/** What did not end, and why. */
export const FailuresTable = ({ failures, failed }: Pick<Plan, 'failures' | 'failed'>) => (
  <section className="panel" aria-labelledby="failures">
    <header>
      <h2 id="failures">What did not end</h2>
      {failed > failures.length && (
        <p className="muted small">
          the first {failures.length} of {failed}
        </p>
      )}
    </header>
    <Table
      label="What did not end"
      className="failures"
      columns={columns}
      rows={failures}
      keyOf={({ service, id, sagaId }) => `${service} ${id} ${sagaId}`}
    />
  </section>
)
