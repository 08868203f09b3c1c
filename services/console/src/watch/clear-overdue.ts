import type { ClientBase } from 'pg'
import { arrayOf } from 'saga-kit/parts'
import { tellChange } from '../changes.ts'
import type { Seen } from '../observer/judge-sagas.ts'

/**
 * Forgets what was overdue of sagas that have gone on: settled, blocked, or with nothing late as far as their events tell. In
 * the transaction that has judged them anew.
 */
export async function clearOverdue(tx: ClientBase, seen: readonly Pick<Seen, 'sagaId' | 'judgement'>[]): Promise<void> {
  const now = new Date()
  const gone = seen.filter(({ judgement: { state, awaitedBy } }) => state !== 'open' || !awaitedBy || awaitedBy > now)
  if (gone.length === 0) return
  const { rowCount } = await tx.query({
    name: 'clear-overdue',
    // What was overdue goes with its look.
    text: `with gone as (delete from looks where saga_id = any($1::uuid[]) returning saga_id)
           update sagas s set overdue = false from gone where s.saga_id = gone.saga_id and s.overdue`,
    values: [
      arrayOf(
        'uuid',
        gone.map(({ sagaId }) => sagaId),
      ),
    ],
  })
  if (rowCount !== null && rowCount > 0) await tellChange(tx, { kind: 'health' })
}
