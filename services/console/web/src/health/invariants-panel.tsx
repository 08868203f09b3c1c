import type { Health } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { SagaLink } from '../parts/saga-link.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { HoldsTag } from './holds-tag.tsx'

const columns: Column<Health['invariants'][number]>[] = [
  { title: 'What must hold', is: 'name', of: ({ name }) => name },
  { title: 'Holds', of: ({ holds }) => <HoldsTag holds={holds} /> },
  { title: 'Checks', is: 'number', of: ({ checked }) => thousands(checked) },
  { title: 'Broken', is: 'number', of: ({ broken }) => thousands(broken) },
  {
    title: 'Sagas, for example',
    of: ({ examples }) => (
      <ul>
        {examples.map(({ sagaId, says }) => (
          <li key={sagaId}>
            <SagaLink sagaId={sagaId} /> {says}
          </li>
        ))}
      </ul>
    ),
  },
]

/** What must hold of every saga, judged by its events as they come. What is broken is first. */
export const InvariantsPanel = ({ invariants }: Pick<Health, 'invariants'>) => (
  <section className="panel" aria-labelledby="invariants">
    <header>
      <h2 id="invariants">Invariants</h2>
      <p className="muted small">
        From the events alone; a saga is checked when nothing new of it has come for a while.
      </p>
    </header>
    {invariants.length === 0 ? (
      <p className="inside muted">No participant declares one.</p>
    ) : (
      <Table
        label="Invariants"
        columns={columns}
        rows={invariants.toSorted((a, b) => Number(a.holds !== false) - Number(b.holds !== false))}
        keyOf={({ name }) => name}
      />
    )}
  </section>
)
