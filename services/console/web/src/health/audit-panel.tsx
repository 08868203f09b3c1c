import type { Health } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { counted } from '../parts/counted.ts'
import { Notice } from '../parts/notice.tsx'
import { HoldsTag } from './holds-tag.tsx'

/** The last run of `saga audit`, over what the participants say of every saga. */
export const AuditPanel = ({ audit }: Pick<Health, 'audit'>) => (
  <section className="panel" aria-labelledby="audit">
    <header>
      <h2 id="audit">Audit</h2>
      {audit && (
        <p className="muted small">
          <Age at={audit.at} />, over {counted(audit.sagas, 'saga')}, {counted(audit.violations, 'violation')}
        </p>
      )}
    </header>
    <div className="inside page">
      {audit === null ? (
        <p className="muted">It has not run yet.</p>
      ) : (
        <>
          {audit.silent.length > 0 && (
            <Notice tone="warn">
              Not all answered: {audit.silent.map(({ service, why }) => `${service} ${why}`).join('; ')}. What depends
              on them was not checked.
            </Notice>
          )}
          <ul className="audit-lines">
            {audit.lines
              .toSorted((a, b) => Number(a.holds) - Number(b.holds))
              .map(({ name, holds, figures }) => (
                <li key={name}>
                  <HoldsTag holds={holds} />
                  <div>
                    <p>{name}</p>
                    <p>{figures}</p>
                  </div>
                </li>
              ))}
          </ul>
        </>
      )}
    </div>
  </section>
)
