import type { Pool } from 'pg'
import type { PlanLetter } from 'saga-kit/operating'
import { columnsBy, recordset } from 'saga-kit/parts'
import { nameOf } from './select-letters.ts'

/** How a letter of a plan stands now, as far as the observer has seen its topic. */
export type LetterNow =
  /** The death that was planned for. */
  | { readonly is: 'open' }
  /** It has died once more. */
  | { readonly is: 'changed'; readonly deaths: number }
  /** `status`: what the last record of its topic says, `replayed` or `discarded`. */
  | { readonly is: 'gone'; readonly status: string }

const rows = recordset(
  columnsBy<PlanLetter>({
    'service text': letter => letter.service,
    'id text': letter => letter.id,
    'saga_id text': letter => letter.sagaId,
    'planned integer': letter => letter.deaths,
  }),
  { storable: true },
)

/** By the names of their deaths. What the observer has not seen, or has forgotten, is taken to be open: a run finds out. */
export async function lettersNow(
  pool: Pick<Pool, 'query'>,
  letters: readonly PlanLetter[],
): Promise<(letter: PlanLetter) => LetterNow> {
  const found = await pool.query({
    name: 'letters-now',
    text: `select r.service, r.id, r.saga_id as "sagaId", r.planned as deaths, l.deaths as died, l.status
      from ${rows.from} join letters l
        on l.service = r.service and l.id = r.id and l.saga_id::text is not distinct from r.saga_id
      where l.status <> 'open' or l.deaths <> r.planned`,
    values: rows.values(letters),
  })
  const others = new Map(
    found.rows.map(row => [
      nameOf(row),
      row.status === 'open'
        ? ({ is: 'changed', deaths: row.died } as const)
        : ({ is: 'gone', status: row.status } as const),
    ]),
  )
  return letter => others.get(nameOf(letter)) ?? { is: 'open' }
}
