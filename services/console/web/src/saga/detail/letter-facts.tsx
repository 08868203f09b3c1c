import { Link } from 'wouter'
import type { ObservedLetter } from '../../../../src/contract.ts'
import { letterPath } from '../../letters/letter-path.ts'
import { Identifier } from '../../parts/identifier.tsx'
import { Moment } from '../../parts/moment.tsx'

/** A message that died, and what became of it. */
export const LetterFacts = ({ letter }: { letter: ObservedLetter }) => (
  <>
    <dl className="facts">
      <dt>Stands</dt>
      <dd>{letter.status}</dd>
      <dt>Error</dt>
      <dd>
        <code>{letter.errorCode}</code>
      </dd>
      <dt>Says</dt>
      <dd>{letter.errorMessage}</dd>
      <dt>Tries</dt>
      <dd>
        {letter.attempts}
        {letter.deaths > 1 && `, its death number ${letter.deaths}`}
      </dd>
      {letter.firstFailedAt && (
        <>
          <dt>First failed (UTC)</dt>
          <dd>
            <Moment at={letter.firstFailedAt} precision="millisecond" />
          </dd>
        </>
      )}
      <dt>Died (UTC)</dt>
      <dd>
        <Moment at={letter.diedAt} precision="millisecond" />
      </dd>
      <dt>Message id</dt>
      <dd>
        <Identifier id={letter.id} what="message id" />
      </dd>
    </dl>
    {letter.status === 'open' && (
      <p>
        <Link href={letterPath(letter)}>Look at the letter, replay or discard it</Link>
      </p>
    )}
  </>
)
