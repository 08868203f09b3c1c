import type { LetterDetail } from 'saga-kit/admin'
import { Link, useSearchParams } from 'wouter'
import { Problem } from '../data/ask.ts'
import { useLetter } from '../data/use-letters.ts'
import { Asked } from '../parts/asked.tsx'
import { counted } from '../parts/counted.ts'
import { JsonView } from '../parts/json-view.tsx'
import { Notice } from '../parts/notice.tsx'
import { shortType } from '../parts/short-type.ts'
import { useTitle } from '../parts/use-title.ts'
import { Bytes } from '../saga/detail/bytes.tsx'
import { Headers } from '../saga/detail/headers.tsx'
import { ActBar } from './act-bar.tsx'
import { DiscardButton } from './discard/discard-button.tsx'
import { groupPath } from './group-path.ts'
import { LetterSummary } from './letter-summary.tsx'
import { LettersTabs } from './letters-tabs.tsx'
import { ParkedTable } from './parked-table.tsx'
import { pinned } from './use-selected.ts'
import '../saga/detail/item-detail.css'

/** One letter in full, as its owner tells of it. */
export function LetterPage() {
  useTitle('Dead letter')
  const [search] = useSearchParams()
  const letter = useLetter({
    service: search.get('service') ?? '',
    id: search.get('id') ?? '',
    sagaId: search.get('sagaId'),
  })
  const isGone = letter.error instanceof Problem && letter.error.status === 404
  return (
    <div className="page">
      <div className="page-head">
        <h1>Dead letter</h1>
        <LettersTabs />
      </div>
      {isGone ? (
        <Notice tone="good">
          This message is not dead any more: it was replayed, discarded, or has ended.{' '}
          <Link href="/acts">See who did what.</Link>
        </Notice>
      ) : (
        <Asked query={letter}>{found => <Letter letter={found} />}</Asked>
      )}
    </div>
  )
}

function Letter({ letter }: { letter: LetterDetail }) {
  const group = groupPath({ service: letter.service, step: letter.step, error: letter.errorCode })
  return (
    <>
      <p className="small">
        <Link href={group}>← Its group</Link>
      </p>
      <section className="panel" aria-labelledby="letter">
        <header>
          <h2 id="letter">
            {letter.messageType ? shortType(letter.messageType) : 'A message that nobody could read'}{' '}
            <span className="muted">at {letter.service}</span>
          </h2>
        </header>
        <ActBar selection={pinned([letter])} count={1} about={parkedText(letter.parkedBehind)}>
          <DiscardButton letter={letter} />
        </ActBar>
        <div className="inside page">
          <LetterSummary letter={letter} />
          <ParkedTable behind={letter.behind} />
          {letter.request !== null && letter.request !== undefined && (
            <section>
              <h3>The call that was begun and may have happened</h3>
              <JsonView value={letter.request} label="Request" />
            </section>
          )}
          <section>
            <h3>Message</h3>
            {letter.message === null || letter.message === undefined ? (
              <p className="muted small">It cannot be decoded; its bytes are below.</p>
            ) : (
              <JsonView value={letter.message} label="Message" />
            )}
          </section>
          <Headers headers={letter.headers} />
          {letter.bodyBase64 !== null && <Bytes base64={letter.bodyBase64} />}
        </div>
      </section>
    </>
  )
}

const parkedText = (parked: number) =>
  parked === 0
    ? 'Nothing is parked behind it.'
    : counted(parked, 'message is parked behind it.', 'messages are parked behind it.')
