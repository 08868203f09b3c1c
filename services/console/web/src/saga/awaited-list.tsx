import { Link } from 'wouter'
import type { Awaited } from '../../../src/contract.ts'
import { letterPath } from '../letters/letter-path.ts'
import { counted } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'
import { Moment } from '../parts/moment.tsx'
import { operationOf } from '../parts/operation.ts'
import { shortType } from '../parts/short-type.ts'
import { Tag } from '../parts/tag.tsx'
import { useNow } from '../parts/use-now.ts'
import { awaitedMark } from './awaited-mark.ts'
import { inOrderOfNeed } from './awaited-order.ts'
import { standsText } from './stands.ts'

/** What the saga waits for: who owes it, because of what, and by when. */
export function AwaitedList({ sagaId, awaited }: { sagaId: string; awaited: Awaited[] }) {
  const now = useNow()
  if (awaited.length === 0) return null
  return (
    <section aria-labelledby="awaited">
      <h2 id="awaited" className="unseen">
        What is awaited
      </h2>
      <ul className="awaited">
        {inOrderOfNeed(awaited).map(each => (
          <li
            key={`${each.service} ${each.direction} ${each.step} ${each.eventId}`}
            className={each.overdue || each.stands === 'dead' ? 'awaited-alarming' : undefined}
          >
            <AwaitedTag of={each} />
            <div>
              <p>
                <strong>{each.service}</strong> owes{' '}
                {each.oneOf.length > 0 ? <strong>{each.oneOf.map(shortType).join(' or ')}</strong> : 'the step'} (
                <code>{operationOf(each)}</code>) for {shortType(each.eventType)}
                <Deadline by={each.by} overdue={each.overdue} nowMs={now} />
              </p>
              <Standing of={each} />
              {each.stands === 'dead' && (
                <p>
                  <Link href={letterPath({ service: each.service, id: each.eventId, sagaId })}>
                    Look at the letter, replay or discard it
                  </Link>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

const AwaitedTag = ({ of }: { of: Awaited }) => {
  const { text, ...looks } = awaitedMark(of)
  return <Tag {...looks}>{text}</Tag>
}

const Deadline = ({ by, overdue, nowMs }: { by: string | null; overdue: boolean; nowMs: number }) =>
  by === null ? (
    <>; no deadline is declared{overdue && ', and it takes longer than OVERDUE_AFTER'}.</>
  ) : (
    <>
      {' '}
      by <Moment at={by} />
      {overdue ? `, overdue by ${duration(nowMs - Date.parse(by))}.` : '.'}
    </>
  )

const Standing = ({ of: { stands, attempts, errorMessage, since } }: { of: Awaited }) => (
  <p>
    {stands !== null && standsText(stands)} {attempts > 0 && `${counted(attempts, 'try', 'tries')} so far. `}
    {since !== null && (
      <>
        Since <Moment at={since} precision="millisecond" />.{' '}
      </>
    )}
    {errorMessage !== null && `Last error: ${errorMessage}`}
  </p>
)
