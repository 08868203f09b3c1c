import type { Plan } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { Scroll } from '../parts/scroll.tsx'

/** What the plan is about, to be read before it is confirmed. */
export const CountsTable = ({ counts }: Pick<Plan, 'counts'>) => (
  <section className="panel" aria-labelledby="counts">
    <header>
      <h2 id="counts">Which letters</h2>
    </header>
    <Scroll label="Which letters">
      <table>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Step</th>
            <th scope="col">Error</th>
            <th scope="col" className="number">
              Letters
            </th>
            <th scope="col" className="number">
              Sagas
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ service, step, error, letters, sagas }) => (
            <tr key={`${service} ${step} ${error}`}>
              <th scope="row">{service}</th>
              <td>
                <code>{step}</code>
              </td>
              <td>
                <code>{error}</code>
              </td>
              <td className="number">{thousands(letters)}</td>
              <td className="number">{thousands(sagas)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
)
