import { useSearchParams } from 'wouter'
import { useActs } from '../data/use-letters.ts'
import { LettersTabs } from '../letters/letters-tabs.tsx'
import { Asked } from '../parts/asked.tsx'
import { Pager } from '../parts/pager.tsx'
import { useTitle } from '../parts/use-title.ts'
import { ActsTable } from './acts-table.tsx'

/** Who did what, the youngest first. */
export function ActsPage() {
  useTitle('Who did what')
  const [search] = useSearchParams()
  const acts = useActs(search.get('after'))
  return (
    <div className="page">
      <div className="page-head">
        <h1>Who did what</h1>
        <LettersTabs />
      </div>
      <section className="panel" aria-label="Acts">
        <Asked query={acts}>
          {({ acts: done, next }) =>
            done.length === 0 ? (
              <p className="inside muted">Nobody has done anything yet.</p>
            ) : (
              <>
                <ActsTable acts={done} />
                <Pager next={next} what="acts" />
              </>
            )
          }
        </Asked>
      </section>
    </div>
  )
}
