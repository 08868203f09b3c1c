import type { Pool } from 'pg'
import { type Participants, readTrace } from 'saga-kit/operating'
import { inTransaction } from '../observer/in-transaction.ts'
import { lookAgainAt, overdueIn } from './overdue.ts'
import { saveLook } from './save-look.ts'

/** Each asks all participants: so many at once are no load for them. */
const atOnce = 5
/** One that hangs is as silent as one that is down, and holds up the looks at others. */
const answerWithinMs = 5_000

/**
 * Asks the participants about the sagas that wait for something past its time, the longest due first. `sagas.awaited_by` is
 * the queue: a look moves it on to the next, and the observer sets it anew when something of the saga comes. One that is
 * blocked is not looked at, since its dead letter says why. @returns how many were looked at
 */
export async function lookAtSagas(
  pool: Pool,
  o: { readonly participants: Participants; readonly overdueAfterMs: number; readonly now?: () => Date },
): Promise<number> {
  const { participants, overdueAfterMs, now = () => new Date() } = o
  const { rows } = await pool.query({
    name: 'sagas-to-look-at',
    text: `select saga_id as "sagaId", awaited_by as "awaitedBy", coalesce(looks, 0) as looks
           from sagas left join looks using (saga_id)
           where awaited_by <= now() and state = 'open' order by awaited_by limit ${atOnce}`,
  })
  await Promise.all(
    rows.map(async ({ sagaId, awaitedBy, looks }) => {
      const trace = await readTrace(participants, sagaId, answerWithinMs)
      const found = overdueIn(trace, now(), overdueAfterMs)
      const lookAt = lookAgainAt(found, looks, now())
      await inTransaction(pool, tx => saveLook(tx, { sagaId, awaitedBy, overdue: found.overdue, lookAt }))
    }),
  )
  return rows.length
}
