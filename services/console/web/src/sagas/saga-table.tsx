import { Link } from 'wouter'
import type { SagaPage } from '../../../src/contract.ts'
import { letterPath } from '../letters/letter-path.ts'
import { Age } from '../parts/age.tsx'
import { duration } from '../parts/duration.ts'
import { Identifier } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { operationOf } from '../parts/operation.ts'
import { SagaLink } from '../parts/saga-link.tsx'
import { shortType } from '../parts/short-type.ts'
import { StateTag } from '../parts/state-tag.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Attributes } from './attributes.tsx'
import './saga-table.css'

type Saga = SagaPage['sagas'][number]

const columns: Column<Saga>[] = [
  {
    title: 'Saga',
    is: 'name',
    of: ({ sagaId }) => (
      <Identifier id={sagaId} what="saga id">
        <SagaLink sagaId={sagaId} />
      </Identifier>
    ),
  },
  {
    title: 'State',
    of: saga => (
      <span className="row saga-state">
        <StateTag state={saga.state} overdue={saga.overdue} />
        {saga.errorCode && <code className="saga-error">{saga.errorCode}</code>}
      </span>
    ),
  },
  { title: 'Waits for', of: saga => <WaitsFor saga={saga} /> },
  { title: 'Ending', of: ({ ending }) => ending ?? <span className="muted">–</span> },
  { title: 'Began (UTC)', of: ({ beganAt }) => <Moment at={beganAt} /> },
  { title: 'Last event', of: ({ lastEvent }) => lastEvent && shortType(lastEvent) },
  {
    title: 'Took / idle',
    of: ({ beganAt, settledAt, lastAt }) =>
      settledAt ? duration(Date.parse(settledAt) - Date.parse(beganAt)) : <Age at={lastAt} />,
  },
  { title: 'Attributes', of: ({ attributes }) => <Attributes of={attributes} /> },
  { title: 'Events', is: 'number', of: ({ events }) => events },
]

/** Whose step it awaits; of one that is blocked, the way to its letter. */
function WaitsFor({ saga: { sagaId, state, at } }: { saga: Saga }) {
  if (at === null) return <span className="muted">{state === 'settled' ? '–' : 'no event'}</span>
  const step = (
    <>
      <code>{operationOf(at)}</code> of {at.service}
    </>
  )
  return (
    <>
      {at.is === 'dead' ? (
        <Link href={letterPath({ service: at.service, id: at.messageId, sagaId })}>dead letter: {step}</Link>
      ) : (
        step
      )}
      {at.others > 0 && <span className="muted"> and {at.others} more</span>}
    </>
  )
}

export const SagaTable = ({ sagas, filtered }: { sagas: Saga[]; filtered: boolean }) =>
  sagas.length === 0 ? (
    <p className="inside muted">{filtered ? 'No saga matches these filters.' : 'No saga has been seen yet.'}</p>
  ) : (
    <Table label="Sagas" className="saga-table" columns={columns} rows={sagas} keyOf={({ sagaId }) => sagaId} />
  )
