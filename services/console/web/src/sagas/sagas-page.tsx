import { useSearchParams } from 'wouter'
import { useCounts, useSagas } from '../data/use-sagas.ts'
import { Asked } from '../parts/asked.tsx'
import { Pager } from '../parts/pager.tsx'
import { useTitle } from '../parts/use-title.ts'
import { EndingsPanel } from './endings-panel.tsx'
import { FilterBar } from './filter-bar.tsx'
import { askedBy, hasFilters } from './filters.ts'
import { SagaTable } from './saga-table.tsx'
import { Standing } from './standing.tsx'
import { useHours } from './use-hours.ts'

export function SagasPage() {
  useTitle('Sagas')
  const [search] = useSearchParams()
  const [hours] = useHours()
  const counts = useCounts(hours)
  const sagas = useSagas(askedBy(search))
  return (
    <div className="page">
      <h1 className="unseen">Sagas</h1>
      <Asked query={counts}>
        {known => (
          <>
            <Standing counts={known} />
            <EndingsPanel counts={known} />
          </>
        )}
      </Asked>
      <section className="panel" aria-labelledby="list">
        <header>
          <h2 id="list" className="unseen">
            The youngest first
          </h2>
          <FilterBar counts={counts.data} />
        </header>
        <div aria-busy={sagas.isPlaceholderData}>
          <Asked query={sagas}>
            {({ sagas: found, next }) => (
              <>
                <SagaTable sagas={found} filtered={hasFilters(search)} />
                <Pager next={next} what="sagas" />
              </>
            )}
          </Asked>
        </div>
      </section>
    </div>
  )
}
