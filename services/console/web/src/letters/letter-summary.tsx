import type { LetterDetail } from 'saga-kit/admin'
import { Link } from 'wouter'
import { Identifier } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { operationOf } from '../parts/operation.ts'
import { sagaPath } from '../parts/saga-link.tsx'
import { Scroll } from '../parts/scroll.tsx'

/** Why it died, and of which saga it is. */
export const LetterSummary = ({ letter }: { letter: LetterDetail }) => (
  <>
    <dl className="facts">
      <dt>Error</dt>
      <dd>
        <code>{letter.errorCode}</code> {letter.errorMessage}
      </dd>
      <dt>Step</dt>
      <dd>
        <code>{operationOf(letter)}</code>
      </dd>
      <dt>Saga</dt>
      <dd>
        {letter.sagaId === null ? (
          'none'
        ) : (
          <Identifier id={letter.sagaId} what="saga id">
            <Link className="mono" href={sagaPath(letter.sagaId)}>
              {letter.sagaId}
            </Link>
          </Identifier>
        )}
      </dd>
      <dt>Message id</dt>
      <dd>
        <Identifier id={letter.id} what="message id" />
      </dd>
      <dt>First failed (UTC)</dt>
      <dd>
        <Moment at={letter.firstFailedAt} precision="millisecond" />
      </dd>
      <dt>Died (UTC)</dt>
      <dd>
        <Moment at={letter.diedAt} precision="millisecond" /> after {letter.attempts} tries
        {letter.deaths > 1 && `, its death number ${letter.deaths}`}
      </dd>
    </dl>
    {letter.errorStack !== null && (
      <details>
        <summary>
          <h3 className="inline">Where it failed</h3>
        </summary>
        <Scroll label="Where it failed">
          <pre className="stack">{letter.errorStack}</pre>
        </Scroll>
      </details>
    )}
  </>
)
