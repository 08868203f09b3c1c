import { Link } from 'wouter'
import type { Plan } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { shortened } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { PlanStatus } from './status.tsx'

const columns: Column<Plan>[] = [
  {
    title: 'Plan',
    is: 'name',
    of: ({ planId }) => (
      <Link className="mono nowrap" href={`/plans/${encodeURIComponent(planId)}`}>
        {shortened(planId)}
      </Link>
    ),
  },
  { title: 'Planned (UTC)', of: ({ createdAt }) => <Moment at={createdAt} /> },
  { title: 'By', of: ({ operator }) => operator },
  { title: 'Status', of: ({ status }) => <PlanStatus status={status} /> },
  { title: 'Letters', is: 'number', of: ({ letters }) => thousands(letters) },
  { title: 'Ended', is: 'number', of: ({ ended }) => thousands(ended) },
  { title: 'Gone before', is: 'number', of: ({ already }) => thousands(already) },
  { title: 'Failed', is: 'number', of: ({ failed }) => thousands(failed) },
  { title: 'Skipped', is: 'number', of: ({ skipped }) => thousands(skipped) },
  { title: 'Left', is: 'number', of: ({ left }) => thousands(left) },
  { title: 'Still open', is: 'number', of: ({ open }) => (open === null ? '–' : thousands(open)) },
]

export const PlansTable = ({ plans }: { plans: Plan[] }) => (
  <Table label="Replays" columns={columns} rows={plans} keyOf={({ planId }) => planId} />
)
