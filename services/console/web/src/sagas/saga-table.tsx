import { Link } from 'wouter'
import type { Saga } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { duration } from '../parts/duration.ts'
import { Identifier, shortened } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { shortType } from '../parts/short-type.ts'
import { StateTag } from '../parts/state-tag.tsx'
import { Attributes } from './attributes.tsx'
import './saga-table.css'

export function SagaTable({ sagas, filtered }: { sagas: Saga[]; filtered: boolean }) {
  if (sagas.length === 0)
    return <p className="inside muted">{filtered ? 'No saga matches these filters.' : 'No saga has been seen yet.'}</p>
  return (
    <Scroll label="Sagas">
      <table className="saga-table">
        <thead>
          <tr>
            <th scope="col">Saga</th>
            <th scope="col">State</th>
            <th scope="col">Ending</th>
            <th scope="col">Began (UTC)</th>
            <th scope="col">Last event</th>
            <th scope="col">By step</th>
            <th scope="col">Took / idle</th>
            <th scope="col">Attributes</th>
            <th scope="col" className="number">
              Events
            </th>
          </tr>
        </thead>
        <tbody>
          {sagas.map(saga => (
            <Row key={saga.sagaId} saga={saga} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const Row = ({ saga }: { saga: Saga }) => (
  <tr>
    <th scope="row">
      <Identifier id={saga.sagaId} what="saga id">
        <Link href={`/sagas/${encodeURIComponent(saga.sagaId)}`} className="mono" title={saga.sagaId}>
          {shortened(saga.sagaId)}
        </Link>
      </Identifier>
    </th>
    <td>
      <span className="row saga-state">
        <StateTag state={saga.state} overdue={saga.overdue} />
        {saga.errorCode && <code className="saga-error">{saga.errorCode}</code>}
      </span>
    </td>
    <td>{saga.ending ?? <span className="muted">–</span>}</td>
    <td>
      <Moment at={saga.beganAt} />
    </td>
    <td>{saga.lastEvent && shortType(saga.lastEvent)}</td>
    <td>
      <code className="muted">{saga.lastStep}</code>
    </td>
    <td className="nowrap">
      {saga.settledAt ? duration(Date.parse(saga.settledAt) - Date.parse(saga.beganAt)) : <Age at={saga.lastAt} />}
    </td>
    <td>
      <Attributes of={saga.attributes} />
    </td>
    <td className="number">{saga.events}</td>
  </tr>
)
