import { Link } from 'wouter'
import type { Plan } from '../../../src/contract.ts'
import { letterPath } from '../letters/letter-path.ts'
import { shortened } from '../parts/identifier.tsx'
import { Scroll } from '../parts/scroll.tsx'

/** What did not end, and why. */
export const FailuresTable = ({ failures }: Pick<Plan, 'failures'>) => (
  <section className="panel" aria-labelledby="failures">
    <header>
      <h2 id="failures">What did not end</h2>
    </header>
    <Scroll label="What did not end">
      <table className="failures">
        <thead>
          <tr>
            <th scope="col">Letter</th>
            <th scope="col">Service</th>
            <th scope="col">Saga</th>
            <th scope="col">How</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {failures.map(({ service, id, sagaId, how, detail }) => (
            <tr key={`${service} ${id} ${sagaId}`}>
              <th scope="row">
                <Link className="mono nowrap" href={letterPath({ service, id, sagaId })} title={id}>
                  {shortened(id)}
                </Link>
              </th>
              <td>{service}</td>
              <td>
                {sagaId !== null && (
                  <Link className="mono nowrap" href={`/sagas/${encodeURIComponent(sagaId)}`} title={sagaId}>
                    {shortened(sagaId)}
                  </Link>
                )}
              </td>
              <td className="nowrap">{how ?? '–'}</td>
              <td>{detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
)
