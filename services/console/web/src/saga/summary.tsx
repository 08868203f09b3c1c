import type { ReactNode } from 'react'
import type { SagaDetail } from '../../../src/contract.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { duration } from '../parts/duration.ts'
import { Moment } from '../parts/moment.tsx'
import { StateTag } from '../parts/state-tag.tsx'
import { Tag } from '../parts/tag.tsx'
import { Attributes } from '../sagas/attributes.tsx'

const verdicts: Record<string, string> = {
  settled: 'Nothing is awaited.',
  open: 'Something is awaited.',
  blocked: 'A dead letter blocks it.',
  unknown: 'Not everybody answers, or is declared: whether it is settled cannot be told.',
}

/** Which saga it is and how it stands. */
export function Summary({ sagaId, detail: { saga, verdict } }: { sagaId: string; detail: SagaDetail }) {
  return (
    <header className="summary">
      <h1>
        <span>
          Saga <code>{sagaId}</code> <CopyButton text={sagaId} what="saga id" />
        </span>
        {saga ? <StateTag {...saga} /> : <Tag>not seen by the observer</Tag>}
        {saga?.ending && <Tag>{saga.ending}</Tag>}
      </h1>
      <dl>
        <Fact name="Verdict">{verdicts[verdict] ?? verdict}</Fact>
        {saga && (
          <>
            <Fact name="Began (UTC)">
              <Moment at={saga.beganAt} precision="millisecond" />
            </Fact>
            {saga.settledAt ? (
              <Fact name="Settled (UTC)">
                <Moment at={saga.settledAt} precision="millisecond" /> after{' '}
                {duration(Date.parse(saga.settledAt) - Date.parse(saga.beganAt))}
              </Fact>
            ) : (
              <Fact name="Last event (UTC)">
                <Moment at={saga.lastAt} precision="millisecond" />
              </Fact>
            )}
            {Object.keys(saga.attributes).length > 0 && (
              <Fact name="Attributes">
                <Attributes of={saga.attributes} />
              </Fact>
            )}
          </>
        )}
      </dl>
    </header>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
