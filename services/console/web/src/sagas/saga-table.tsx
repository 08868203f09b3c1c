import type { Saga } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { duration } from '../parts/duration.ts'
import { Identifier } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { SagaLink } from '../parts/saga-link.tsx'
import { shortType } from '../parts/short-type.ts'
import { StateTag } from '../parts/state-tag.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Attributes } from './attributes.tsx'
import './saga-table.css'

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
  { title: 'Ending', of: ({ ending }) => ending ?? <span className="muted">–</span> },
  { title: 'Began (UTC)', of: ({ beganAt }) => <Moment at={beganAt} /> },
  { title: 'Last event', of: ({ lastEvent }) => lastEvent && shortType(lastEvent) },
  { title: 'By step', of: ({ lastStep }) => <code className="muted">{lastStep}</code> },
  {
    title: 'Took / idle',
    of: ({ beganAt, settledAt, lastAt }) =>
      settledAt ? duration(Date.parse(settledAt) - Date.parse(beganAt)) : <Age at={lastAt} />,
  },
  { title: 'Attributes', of: ({ attributes }) => <Attributes of={attributes} /> },
  { title: 'Events', is: 'number', of: ({ events }) => events },
]

export const SagaTable = ({ sagas, filtered }: { sagas: Saga[]; filtered: boolean }) =>
  sagas.length === 0 ? (
    <p className="inside muted">{filtered ? 'No saga matches these filters.' : 'No saga has been seen yet.'}</p>
  ) : (
    <Table label="Sagas" className="saga-table" columns={columns} rows={sagas} keyOf={({ sagaId }) => sagaId} />
  )
