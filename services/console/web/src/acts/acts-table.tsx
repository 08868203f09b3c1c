import { Link } from 'wouter'
import type { OperatorAct } from '../../../src/contract.ts'
import { Identifier, shortened } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { SagaLink } from '../parts/saga-link.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Tag } from '../parts/tag.tsx'
import './acts.css'

const columns: Column<OperatorAct>[] = [
  { title: 'At (UTC)', of: ({ at }) => <Moment at={at} /> },
  { title: 'Operator', is: 'name', className: 'nowrap', of: ({ operator }) => operator },
  {
    title: 'Act',
    className: 'nowrap',
    of: ({ act, forced }) => (
      <>
        {act} {forced && <Tag tone="warn">by force</Tag>}
      </>
    ),
  },
  { title: 'Service', of: ({ service }) => service },
  // Signing in and out is about no message.
  { title: 'Message', of: ({ id }) => id !== '' && <Identifier id={id} what="message id" /> },
  { title: 'Saga', of: ({ sagaId }) => sagaId !== null && <SagaLink sagaId={sagaId} /> },
  { title: 'Reason', className: 'reason', of: ({ reason }) => reason },
  { title: 'Outcome', of: ({ outcome }) => outcome },
  { title: 'Plan', of: ({ plan }) => plan !== null && <PlanLink planId={plan} /> },
]

/** Who did what, and why. */
export const ActsTable = ({ acts }: { acts: OperatorAct[] }) => (
  <Table
    label="What operators did"
    className="acts"
    columns={columns}
    rows={acts}
    keyOf={({ at, service, id, act }) => `${at} ${service} ${id} ${act}`}
  />
)

const PlanLink = ({ planId }: { planId: string }) => (
  <Link className="mono nowrap" href={`/plans/${encodeURIComponent(planId)}`}>
    {shortened(planId)}
  </Link>
)
