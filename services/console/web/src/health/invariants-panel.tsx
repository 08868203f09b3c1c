import { Link } from 'wouter'
import type { Health } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { shortened } from '../parts/identifier.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { HoldsTag } from './holds-tag.tsx'

/** What must hold of every saga, judged by its events as they come. What is broken is first. */
export const InvariantsPanel = ({ invariants }: Pick<Health, 'invariants'>) => (
  <section className="panel" aria-labelledby="invariants">
    <header>
      <h2 id="invariants">Invariants</h2>
      <p className="muted small">From the events alone, as they come.</p>
    </header>
    {invariants.length === 0 ? (
      <p className="inside muted">No participant declares one.</p>
    ) : (
      <Scroll label="Invariants">
        <table>
          <thead>
            <tr>
              <th scope="col">What must hold</th>
              <th scope="col">Holds</th>
              <th scope="col" className="number">
                Checked
              </th>
              <th scope="col" className="number">
                Broken
              </th>
              <th scope="col">Sagas, for example</th>
            </tr>
          </thead>
          <tbody>
            {invariants
              .toSorted((a, b) => Number(a.holds) - Number(b.holds))
              .map(({ name, holds, checked, broken, examples }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>
                    <HoldsTag holds={holds} />
                  </td>
                  <td className="number">{thousands(checked)}</td>
                  <td className="number">{thousands(broken)}</td>
                  <td>
                    {examples.map(sagaId => (
                      <Link key={sagaId} className="mono example" href={`/sagas/${encodeURIComponent(sagaId)}`}>
                        {shortened(sagaId)}
                      </Link>
                    ))}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </Scroll>
    )}
  </section>
)
