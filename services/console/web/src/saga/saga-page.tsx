import { useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { SagaDetail } from '../../../src/contract.ts'
import { ActsTable } from '../acts/acts-table.tsx'
import { Problem } from '../data/ask.ts'
import { useSaga } from '../data/use-sagas.ts'
import { Asked } from '../parts/asked.tsx'
import { shortened } from '../parts/identifier.tsx'
import { useTitle } from '../parts/use-title.ts'
import { AwaitedList } from './awaited-list.tsx'
import { ItemDetail } from './detail/item-detail.tsx'
import { itemsOf } from './lanes/items.ts'
import { Lanes } from './lanes/lanes.tsx'
import { SilentNotice } from './silent-notice.tsx'
import { Summary } from './summary.tsx'
import { TimeTravel } from './time-travel/time-travel.tsx'
import './saga-page.css'

export function SagaPage({ sagaId }: { sagaId: string }) {
  useTitle(`Saga ${shortened(sagaId)}`)
  const saga = useSaga(sagaId)
  const isUnknown = saga.error instanceof Problem && saga.error.status === 404
  return (
    <div className="page">
      <p className="small">
        <Link href="/sagas">← All sagas</Link>
      </p>
      {isUnknown ? (
        <>
          <h1>No such saga</h1>
          <p>
            Neither the observer nor any participant has seen <code>{sagaId}</code>, or all have forgotten it.
          </p>
        </>
      ) : (
        <Asked query={saga}>{detail => <Story sagaId={sagaId} detail={detail} />}</Asked>
      )}
    </div>
  )
}

function Story({ sagaId, detail }: { sagaId: string; detail: SagaDetail }) {
  const [search, setSearch] = useSearchParams()
  const items = useMemo(() => itemsOf(detail), [detail])
  const selected = items.find(item => item.key === search.get('item'))
  const select = (key: string | null) =>
    setSearch(
      before => {
        if (key === null) before.delete('item')
        else before.set('item', key)
        return before
      },
      { replace: true },
    )
  return (
    <>
      <Summary sagaId={sagaId} detail={detail} />
      <SilentNotice silent={detail.silent} />
      <AwaitedList sagaId={sagaId} awaited={detail.awaited} />
      <div className={selected ? 'story story-detailed' : 'story'}>
        <section className="panel" aria-labelledby="events">
          <header>
            <h2 id="events">What happened</h2>
            <p className="muted small">Distances grow with the logarithm of the time between.</p>
          </header>
          {items.length > 0 ? (
            <Lanes
              items={items}
              services={detail.services}
              silent={detail.silent}
              selected={selected?.key ?? null}
              onSelect={select}
            />
          ) : (
            <p className="inside muted">Nothing of it has been seen.</p>
          )}
        </section>
        {selected && (
          <ItemDetail key={selected.key} item={selected} items={items} onSelect={select} onClose={() => select(null)} />
        )}
      </div>
      <TimeTravel steps={detail.steps} />
      {detail.acts.length > 0 && (
        <section className="panel" aria-labelledby="acts">
          <header>
            <h2 id="acts">What operators did</h2>
          </header>
          <ActsTable acts={detail.acts} />
        </section>
      )}
    </>
  )
}
