import type { Plan } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { type Column, Table } from '../parts/table.tsx'

const columns: Column<Plan['counts'][number]>[] = [
  { title: 'Service', is: 'name', of: ({ service }) => service },
  { title: 'Step', of: ({ step }) => <code>{step}</code> },
  { title: 'Error', of: ({ error }) => <code>{error}</code> },
  { title: 'Letters', is: 'number', of: ({ letters }) => thousands(letters) },
  { title: 'Sagas', is: 'number', of: ({ sagas }) => thousands(sagas) },
]

/** What the plan is about, to be read before it is confirmed. */
export const CountsTable = ({ counts }: Pick<Plan, 'counts'>) => (
  <section className="panel" aria-labelledby="counts">
    <header>
      <h2 id="counts">Which letters</h2>
    </header>
    <Table
      label="Which letters"
      columns={columns}
      rows={counts}
      keyOf={({ service, step, error }) => `${service} ${step} ${error}`}
    />
  </section>
)
