import type { Pool } from 'pg'
import type { Declared } from 'saga-kit/operating'
import { inTransaction } from '../observer/in-transaction.ts'
import { loadEvents } from '../observer/load-sagas.ts'
import { invariants } from './invariants.ts'
import { type BrokenInvariant, saveBroken } from './save-broken.ts'

/** So many sagas share a transaction. */
const together = 500

/**
 * Checks the sagas of which nothing new has come for a while, the longest due first. What was broken and holds now is broken
 * no more. @param keepMs of a saga that began before, events may have been forgotten @returns how many it was
 */
export function checkSagas(pool: Pool, declared: readonly Declared[], keepMs: number): Promise<number> {
  return inTransaction(pool, async tx => {
    const due = await tx.query({
      name: 'sagas-to-check',
      text: `select saga_id from sagas_to_check where check_at <= now() order by check_at limit ${together}`,
    })
    // The saga's row first, as the observer does. One that it is working on comes again by that.
    const { rows: sagas } = await tx.query({
      name: 'check-sagas',
      text: `select saga_id, state = 'settled' as settled, began_at >= greatest((select whole_since from watch_state), now() - $2 * interval '1 ms') as whole
             from sagas where saga_id = any($1::uuid[]) order by saga_id for key share skip locked`,
      values: [due.rows.map(({ saga_id }) => saga_id), keepMs],
    })
    const sagaIds = sagas.map(({ saga_id }) => saga_id as string)
    if (sagaIds.length === 0) return 0
    await tx.query({
      name: 'checked-sagas',
      text: 'delete from sagas_to_check where saga_id = any($1::uuid[])',
      values: [sagaIds],
    })
    const events = await loadEvents(tx, sagaIds)
    const broken = sagas.flatMap(({ saga_id: sagaId, settled, whole }): BrokenInvariant[] => {
      const saga = { sagaId, settled, whole, events: events.get(sagaId) ?? [] }
      return invariants.flatMap(({ name, broken }) => {
        const says = broken(saga, declared)
        return says.length > 0 ? [{ sagaId, invariant: name, says }] : []
      })
    })
    await saveBroken(tx, sagaIds, broken)
    return sagaIds.length
  })
}
