import type { Health } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { counted } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/use-now.ts'
import { HoldsTag } from './holds-tag.tsx'

/** The last run of `saga audit`, over what the participants say of every saga. */
export const AuditPanel = ({ audit: { last, silent, nextAt } }: Pick<Health, 'audit'>) => (
  <section className="panel" aria-labelledby="audit">
    <header>
      <h2 id="audit">Audit</h2>
      <p className="muted small">
        {last ? (
          <>
            Last run <Age at={last.at} />, over {counted(last.sagas, 'saga')} that began in the seven days before:{' '}
            {counted(last.violations, 'violation')}.
          </>
        ) : (
          'It has not run yet.'
        )}{' '}
        <Next at={nextAt} />
      </p>
    </header>
    <div className="inside page">
      {silent.length > 0 && (
        <Notice tone="warn">
          It asks everybody, and not all answered: {silent.map(({ service, why }) => `${service} ${why}`).join('; ')}.{' '}
          {last && 'What is below is of the last run that all answered.'}
        </Notice>
      )}
      {last && (
        <ul className="audit-lines">
          {last.lines
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
      )}
    </div>
  </section>
)

function Next({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return 'It runs no more: AUDIT_EVERY is off.'
  const inMs = Date.parse(at) - now
  return inMs < 15_000 ? 'It runs next in a moment.' : `It runs next in ${duration(inMs)}.`
}
