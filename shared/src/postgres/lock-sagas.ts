import type { ClientBase } from 'pg'
import { arrayOf } from './recordset.ts'

export interface SagaToLock {
  readonly sagaId: string
  readonly partition: number
  /** False when only commands touch it that cannot begin a saga: then it is locked if it is there. */
  readonly opens: boolean
}
export type Found = 'new' | 'known' | 'none'

/**
 * Rule 1. The sagas row orders everything of a saga over instances, topics and sources; fence, waiting and outbox are
 * read by later statements only, since a statement sees nothing of what committed while it waited (rule 2). For the same
 * reason a saga whose insert waited for another's is in neither part of the first statement, and is locked by a second.
 */
export async function lockSagas(
  tx: ClientBase,
  sagas: readonly SagaToLock[],
  order: boolean,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>()
  for (const { sagaId } of sagas) found.set(sagaId, 'none')
  const opening = sagas.filter(saga => saga.opens)
  const orderBy = order ? 'order by saga_id' : ''
  const known = `select saga_id from saga.sagas where saga_id = any($1::uuid[]) ${orderBy} for update`
  const lock = async (ids: readonly string[]) => {
    if (ids.length === 0) return
    const locked = await tx.query({ name: `lock-sagas${orderBy}`, text: known, values: [arrayOf('uuid', ids)] })
    for (const row of locked.rows) found.set(row.saga_id, 'known')
  }
  if (opening.length === 0) {
    await lock(sagas.map(sagaIdOf))
    return found
  }
  // The parts run in this order: two batches that open the same sagas wait for one another before either holds a row.
  // One row with all ids: reading a row for each costs more than the rest of the statement.
  const first = await tx.query({
    name: `open-sagas${orderBy}`,
    text: `with opened as (
             insert into saga.sagas (saga_id, partition)
             select saga_id, partition from unnest($2::uuid[], $3::int[]) as s (saga_id, partition) ${orderBy}
             on conflict do nothing returning saga_id)
           select string_agg(saga_id::text, ' ') filter (where is_new) as new, string_agg(saga_id::text, ' ') filter (where not is_new) as known
           from (select saga_id, true as is_new from opened union all select saga_id, false from (${known}) known) s`,
    values: [
      arrayOf('uuid', sagas, sagaIdOf),
      arrayOf('uuid', opening, sagaIdOf),
      arrayOf('int', opening, ({ partition }) => partition),
    ],
  })
  for (const is of ['new', 'known'] as const)
    for (const sagaId of first.rows[0][is]?.split(' ') ?? []) found.set(sagaId, is)
  await lock(opening.flatMap(({ sagaId }) => (found.get(sagaId) === 'none' ? [sagaId] : [])))
  return found
}

const sagaIdOf = ({ sagaId }: SagaToLock) => sagaId

/** Without the safeguard of rule 1: the rows are made, and nobody waits for anybody. */
export async function openSagasUnlocked(tx: ClientBase, sagas: readonly SagaToLock[]): Promise<Map<string, Found>> {
  await tx.query({
    text: 'insert into saga.sagas (saga_id, partition) select * from unnest($1::uuid[], $2::int[]) on conflict do nothing',
    values: [sagas.map(s => s.sagaId), sagas.map(s => s.partition)],
  })
  return new Map(sagas.map(({ sagaId }) => [sagaId, 'known']))
}
