import type { Pool } from 'pg'
import { type Participants, readTrace } from 'saga-kit/operating'
import { inTransaction } from '../observer/in-transaction.ts'
import { lookAgainAt, overdueIn } from './overdue.ts'
import { saveLook } from './save-look.ts'

/** Each asks all participants: so many at once are no load for them. */
const atOnce = 5
/** One that hangs is as silent as one that is down, and holds up the looks at others. */
const answerWithinMs = 5_000
const failedAgainMs = 600_000

/**
 * Asks the participants about the sagas that wait for something past its time, the longest due first. `sagas.awaited_by` is
 * the queue: a look moves it on to the next, and the observer sets it anew when something of the saga comes. One that is
 * blocked is not looked at, since its dead letter says why. @returns how many were looked at
 * @throws what a look failed by, when all have been tried
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
  const looked = await Promise.allSettled(
    rows.map(async ({ sagaId, awaitedBy, looks }) => {
      const trace = await readTrace(participants, sagaId, answerWithinMs)
      const found = overdueIn(trace, now(), overdueAfterMs)
      const lookAt = lookAgainAt(found, looks, now())
      await inTransaction(pool, tx => saveLook(tx, { sagaId, awaitedBy, overdue: found.overdue, lookAt }))
    }),
  )
  const failed = looked.flatMap((each, n) => (each.status === 'rejected' ? [{ ...rows[n], why: each.reason }] : []))
  if (failed.length === 0) return rows.length
  // A few whose participants say what cannot be kept must not stand before all others for ever.
  for (const { sagaId, awaitedBy } of failed)
    await pool.query('update sagas set awaited_by = $3 where saga_id = $1 and awaited_by = $2', [
      ...[sagaId, awaitedBy, new Date(now().getTime() + failedAgainMs)],
    ])
  throw failed[0]!.why
}
