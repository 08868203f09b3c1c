import { Link, useSearchParams } from 'wouter'
import type { Plan, PlanLetterPage } from '../../../src/contract.ts'
import { usePlanLetters } from '../data/use-plans.ts'
import { letterPath } from '../letters/letter-path.ts'
import { Asked } from '../parts/asked.tsx'
import { shortened } from '../parts/identifier.tsx'
import { operationOf } from '../parts/operation.ts'
import { Pager } from '../parts/pager.tsx'
import { SagaLink } from '../parts/saga-link.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Tag, type Tone } from '../parts/tag.tsx'

type PlanLetter = PlanLetterPage['letters'][number]

const became: Record<PlanLetter['became'], { tone: Tone; says: string }> = {
  open: { tone: 'accent', says: 'open' },
  'under-way': { tone: 'warn', says: 'under way' },
  replayed: { tone: 'good', says: 'replayed' },
  gone: { tone: 'plain', says: 'gone before' },
  changed: { tone: 'warn', says: 'died anew before' },
  'died-again': { tone: 'bad', says: 'died again' },
  failed: { tone: 'bad', says: 'failed' },
  skipped: { tone: 'plain', says: 'skipped' },
}

const columns: Column<PlanLetter>[] = [
  {
    title: 'Letter',
    is: 'name',
    of: letter => (
      <Link className="mono nowrap" href={letterPath(letter)} title={letter.id}>
        {shortened(letter.id)}
      </Link>
    ),
  },
  {
    title: 'Saga',
    of: ({ sagaId }) => (sagaId === null ? <span className="muted">none</span> : <SagaLink sagaId={sagaId} />),
  },
  { title: 'Service', of: ({ service }) => service },
  { title: 'Step', of: letter => <code>{operationOf(letter)}</code> },
  { title: 'Error', of: ({ errorCode }) => <code>{errorCode}</code> },
  {
    title: 'Now',
    className: 'nowrap',
    of: letter => <Tag tone={became[letter.became].tone}>{became[letter.became].says}</Tag>,
  },
  { title: 'How', of: ({ detail }) => detail },
]

/** The letters that the plan names, and what became of each: by this plan, or before it by somebody else. */
export function PlanLettersPanel({ planId }: Pick<Plan, 'planId'>) {
  const [search] = useSearchParams()
  const letters = usePlanLetters(planId, search.get('after'))
  return (
    <section className="panel" aria-labelledby="letters">
      <header>
        <h2 id="letters">What became of each</h2>
      </header>
      <div aria-busy={letters.isPlaceholderData}>
        <Asked query={letters}>
          {({ letters: found, next }) => (
            <>
              <Table
                label="What became of each"
                className="plan-letters"
                columns={columns}
                rows={found}
                keyOf={({ service, id, sagaId }) => `${service} ${id} ${sagaId}`}
              />
              <Pager next={next} what="letters" />
            </>
          )}
        </Asked>
      </div>
    </section>
  )
}
