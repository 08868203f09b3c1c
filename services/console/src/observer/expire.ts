import type { Pool } from 'pg'
import { firstSagaIdAt } from 'saga-kit/observing'
import { periodically } from 'saga-kit/parts'
import { countSagas } from './count-sagas.ts'
import { inTransaction } from './in-transaction.ts'

export interface ExpireOptions {
  readonly pool: Pool
  readonly keepSettledMs: number
  readonly keepOpenMs: number
  readonly expired: (sagas: number) => void
  readonly trouble: (error: unknown) => void
}

const everyMs = 60_000
/** Small enough that what observes does not wait for it. */
const rangeSize = 500

/** Forgets old sagas with all that is known of them, by ranges of their ids, which are ranges of time. */
export function expire(o: ExpireOptions): { stop(): Promise<void> } {
  return periodically(everyMs, async () => {
    try {
      await expireAll(o)
    } catch (error) {
      o.trouble(error)
    }
  })
}

export async function expireAll({
  pool,
  keepSettledMs,
  keepOpenMs,
  expired,
}: Omit<ExpireOptions, 'trouble'>): Promise<void> {
  const now = Date.now()
  const isSettled = "state = 'settled'"
  for (const [before, which] of [
    [now - keepSettledMs, isSettled],
    [now - keepOpenMs, 'true'],
  ] as const) {
    // From where the last range ended: what was deleted just now, and is not vacuumed yet, is not read again and again.
    for (let after: string | undefined = lowestId; after !== undefined; )
      after = await expireRange(after, before, which)
  }
  await pool.query(`delete from foreign_records where seen_at < now() - $1 * interval '1 ms'`, [keepSettledMs])
  await pool.query(
    `delete from letters where saga_id is null and status <> 'open' and seen_at < now() - $1 * interval '1 ms'`,
    [keepSettledMs],
  )

  async function expireRange(after: string, beforeMs: number, which: string): Promise<string | undefined> {
    return inTransaction(pool, async client => {
      const { rows } = await client.query(
        `select saga_id, state, ending from sagas where saga_id > $1 and saga_id < $2 and ${which} order by saga_id limit $3 for update skip locked`,
        [after, firstSagaIdAt(beforeMs), rangeSize],
      )
      const sagaIds = rows.map(row => row.saga_id)
      const [first, last] = [sagaIds.at(0), sagaIds.at(-1)]
      if (last === undefined) return undefined
      // The range besides the ids: its rows are neighbours in every table.
      for (const table of ['events', 'letters', 'saga_attributes', 'sagas'])
        await client.query(`delete from ${table} where saga_id between $2 and $3 and saga_id = any($1::uuid[])`, [
          ...[sagaIds, first, last],
        ])
      await countSagas(
        client,
        rows.map(row => ({ sagaId: row.saga_id, from: row, to: null })),
      )
      await client.query('delete from saga_counts where n = 0 and minute < $1', [new Date(beforeMs)])
      expired(sagaIds.length)
      return sagaIds.length < rangeSize ? undefined : last
    })
  }
}

const lowestId = '00000000-0000-0000-0000-000000000000'
