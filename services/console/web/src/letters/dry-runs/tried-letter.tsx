import type { DryRun } from 'saga-kit/admin'
import type { DryRuns } from '../../../../src/contract.ts'
import { shortened } from '../../parts/identifier.tsx'
import { Notice } from '../../parts/notice.tsx'
import { shortType } from '../../parts/short-type.ts'
import { Tag } from '../../parts/tag.tsx'
import { WouldChange } from './would-change.tsx'
import { WouldPublish } from './would-publish.tsx'
import { WouldRun } from './would-run.tsx'

type Tried = DryRuns['tried'][number]

export const TriedLetter = ({
  tried: { letter, wouldEnd, found, error },
  isOnly,
}: {
  tried: Tried
  isOnly: boolean
}) => (
  <details className="tried" open={isOnly}>
    <summary>
      <Tag tone={wouldEnd ? 'good' : 'bad'} icon={wouldEnd ? 'settled' : 'blocked'}>
        {wouldEnd ? 'would end' : 'would not end'}
      </Tag>{' '}
      {letter.messageType ? shortType(letter.messageType) : 'a message'} of{' '}
      <code>{letter.sagaId === null ? 'no saga' : shortened(letter.sagaId)}</code>
    </summary>
    {error !== null && <Notice tone="bad">{error}</Notice>}
    {found !== null && <Found found={found as DryRun} />}
  </details>
)

function Found({ found: { steps, rows, published, timers, stillBehind } }: { found: DryRun }) {
  return (
    <div className="tried-found">
      <WouldRun steps={steps} />
      <WouldChange rows={rows} />
      <WouldPublish published={published} timers={timers} />
      {stillBehind > 0 && <p className="small">{stillBehind} messages would still wait behind it.</p>}
    </div>
  )
}
