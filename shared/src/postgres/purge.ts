import type { Pool } from 'pg'
import { firstSagaIdAt } from '../core/ids.ts'

/**
 * Rule 34: forgets sagas that began, and were last touched, before the horizon, and that have nothing left to do here.
 * Two statements: the second sees what committed before the first had the locks. Gives the number of sagas forgotten.
 */
export async function purgeSagas(pool: Pool, horizonMs: number, limit: number, onlyFinished = true): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level read committed')
    const { now } = (await client.query('select now() as now')).rows[0]
    const before = new Date(now.getTime() - horizonMs)
    const untouched = `and s.created_at < $2 and not exists (select from saga.saga_log l where l.saga_id = s.saga_id and l.updated_at >= $2)`
    const unfinished = onlyFinished
      ? `and not exists (select from saga.waiting w where w.saga_id = s.saga_id) and not exists (select from saga.outbox o where o.saga_id = s.saga_id)`
      : ''
    const locked = await client.query(
      `select saga_id from saga.sagas s where saga_id < $1 ${untouched} ${unfinished} order by saga_id limit $3 for update skip locked`,
      [firstSagaIdAt(before.getTime()), before, limit],
    )
    const purged = await client.query(
      `delete from saga.sagas s where saga_id = any($1::uuid[]) ${untouched} ${unfinished} returning saga_id`,
      [locked.rows.map(row => row.saga_id), before],
    )
    await client.query('delete from saga.saga_log where saga_id = any($1::uuid[])', [
      purged.rows.map(row => row.saga_id),
    ])
    await client.query('commit')
    return purged.rows.length
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

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
