import { useEffect, useRef } from 'react'
import type { DryRuns } from '../../../../src/contract.ts'
import { counted } from '../../parts/counted.ts'
import { Icon } from '../../parts/icon.tsx'
import { TriedLetter } from './tried-letter.tsx'
import './dry-runs.css'

/** What replays would do, as the participants' own code found out in transactions that were rolled back. */
export function DryRunsPanel({ dryRuns: { of, tried }, onClose }: { dryRuns: DryRuns; onClose: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result is to be read
  useEffect(() => heading.current?.focus(), [tried])
  const ending = tried.filter(each => each.wouldEnd).length
  return (
    <section className="dry-runs" aria-labelledby="dry-runs">
      <div className="page-head">
        <h3 id="dry-runs" ref={heading} tabIndex={-1}>
          Dry run: {ending} of {counted(tried.length, 'letter')} tried would end
          {of > tried.length && `, of ${of} in all`}. Nothing was changed.
        </h3>
        <button type="button" className="bare" onClick={onClose}>
          <Icon name="close" /> Close
        </button>
      </div>
      {tried.map(each => (
        <TriedLetter
          key={`${each.letter.service} ${each.letter.id} ${each.letter.sagaId}`}
          tried={each}
          isOnly={tried.length === 1}
        />
      ))}
    </section>
  )
}
