import type { Pool } from 'pg'
import { firstSagaIdAt } from '../core/ids.ts'

export interface PurgedRange {
  readonly forgotten: number
  /** Where the next one begins; undefined behind the last. */
  readonly last: string | undefined
}

/**
 * Rule 34: of so many sagas, in the order of their ids, which is that of time, forgets those that began, and were last touched,
 * before the horizon, and that have nothing left to do here. The others stay, and are behind the next range: it begins after
 * this one, so that neither they nor what was deleted just now, and not yet vacuumed, is read again and again.
 * Two statements: the second sees what committed before the first had the locks.
 */
export async function purgeSagas(
  pool: Pool,
  o: {
    readonly horizonMs: number
    readonly limit: number
    readonly after?: string | undefined
    readonly onlyFinished?: boolean
  },
): Promise<PurgedRange> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level read committed')
    const { now } = (await client.query('select now() as now')).rows[0]
    const before = new Date(now.getTime() - o.horizonMs)
    const { rows: locked } = await client.query<{ saga_id: string }>(
      'select saga_id from saga.sagas where saga_id > $1 and saga_id < $2 order by saga_id limit $3 for update skip locked',
      [o.after ?? lowestId, firstSagaIdAt(before.getTime()), o.limit],
    )
    const [first, last] = [locked.at(0)?.saga_id, locked.at(-1)?.saga_id]
    const range = [locked.map(row => row.saga_id), first, last]
    const unfinished =
      (o.onlyFinished ?? true)
        ? `and not exists (select from saga.waiting w where w.saga_id = s.saga_id) and not exists (select from saga.outbox o where o.saga_id = s.saga_id)`
        : ''
    // The range besides the ids: its rows are neighbours in every table, and are read as such.
    const { rows: purged } = await client.query<{ saga_id: string }>(
      `delete from saga.sagas s where saga_id between $2 and $3 and saga_id = any($1::uuid[]) and created_at < $4
         and not exists (select from saga.saga_log l where l.saga_id = s.saga_id and l.saga_id between $2 and $3 and l.updated_at >= $4)
         ${unfinished} returning saga_id`,
      [...range, before],
    )
    await client.query('delete from saga.saga_log where saga_id between $2 and $3 and saga_id = any($1::uuid[])', [
      purged.map(row => row.saga_id),
      ...[first, last],
    ])
    await client.query('commit')
    return { forgotten: purged.length, last: locked.length === o.limit ? last : undefined }
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

const lowestId = '00000000-0000-0000-0000-000000000000'

/** An Idempotency-Key is kept as long as the fence: a client that repeats a request later makes a new one. */
export async function purgeKeys(pool: Pool, horizonMs: number, limit: number): Promise<number> {
  const purged = await pool.query(
    `delete from saga.idempotency_keys where ctid = any(array(
       select ctid from saga.idempotency_keys where created_at < now() - $1 * interval '1 ms' order by created_at limit $2 for update skip locked))`,
    [horizonMs, limit],
  )
  return purged.rowCount ?? 0
}

/** A discard left something undone, and its reason is asked for when the books are looked at: it is kept for ever (rule 20). */
export async function purgeActs(pool: Pool, horizonMs: number, limit: number): Promise<number> {
  const purged = await pool.query(
    `delete from saga.operator_acts where (seq, n) in (
       select seq, n from saga.operator_acts where act <> 'discard' and at < now() - $1 * interval '1 ms' order by seq, n limit $2 for update skip locked)`,
    [horizonMs, limit],
  )
  return purged.rowCount ?? 0
}

/** Rule 21: the record, if it was ever to be delivered again, has left its topic long ago. */
export async function purgeTombstones(pool: Pool, horizonMs: number, limit: number): Promise<number> {
  const purged = await pool.query(
    `delete from saga.waiting where ctid = any(array(
       select ctid from saga.waiting where saga_id is null and kind = 'tombstone' and created_at < now() - $1 * interval '1 ms' limit $2 for update skip locked))`,
    [horizonMs, limit],
  )
  return purged.rowCount ?? 0
}
