import { Link } from 'wouter'
import type { OperatorAct } from '../../../src/contract.ts'
import { letterPath } from '../letters/letter-path.ts'
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
    of: ({ act, forced, elsewhere }) => (
      <>
        {act} {forced && <Tag tone="warn">by force</Tag>} {elsewhere && <Tag>npx saga</Tag>}
      </>
    ),
  },
  { title: 'Service', of: ({ service }) => service },
  { title: 'Letter', of: act => isOfLetter(act) && <LetterLink {...act} /> },
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

/** Signing in and out is about none, a dry run of several names none, and a plan has a column of its own. */
const isOfLetter = ({ id, plan }: OperatorAct) => id !== '' && id !== plan

const LetterLink = (letter: Pick<OperatorAct, 'service' | 'id' | 'sagaId'>) => (
  <Identifier id={letter.id} what="message id">
    <Link className="mono" href={letterPath(letter)} title={letter.id}>
      {shortened(letter.id)}
    </Link>
  </Identifier>
)

const PlanLink = ({ planId }: { planId: string }) => (
  <Link className="mono nowrap" href={`/plans/${encodeURIComponent(planId)}`}>
    {shortened(planId)}
  </Link>
)
