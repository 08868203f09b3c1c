import type { Choreography } from '../../../src/contract.ts'
import { Notice } from '../parts/notice.tsx'
import { Tag } from '../parts/tag.tsx'

/** What `saga check` finds in the declarations. */
export const Findings = ({ findings }: Pick<Choreography, 'findings'>) =>
  findings.length === 0 ? (
    <Notice tone="good">The declarations fit together: nothing is found wrong in them.</Notice>
  ) : (
    <section className="panel" aria-labelledby="findings">
      <header>
        <h2 id="findings">Found in the declarations</h2>
      </header>
      <ul className="inside findings">
        {findings.map(({ kind, service, text }) => (
          <li key={`${kind} ${service} ${text}`}>
            <Tag tone="bad" icon="blocked">
              {kind}
            </Tag>{' '}
            <strong>{service}</strong> {text}
          </li>
        ))}
      </ul>
    </section>
  )
