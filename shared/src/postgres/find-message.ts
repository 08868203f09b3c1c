import type { Pool } from 'pg'
import { isSaga } from './is-saga.ts'

/** Where a message stands, or what became of it. */
export interface FoundMessage {
  readonly kind: 'timer' | 'retry' | 'parked' | 'calling' | 'dead' | 'tombstone' | null
  readonly deaths: number | null
  readonly attempts: number | null
  readonly dueAt: Date | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  /** Of the step that it ended. */
  readonly status: string | null
  /** An operator has handled it, so that it was here. */
  readonly wasHandled: boolean
}

/** In one statement: between two it could leave the one place before it shows in the other. */
export async function findMessage(
  pool: Pool,
  { id, sagaId }: { readonly id: string; readonly sagaId: string | null },
): Promise<FoundMessage> {
  const isIts = isSaga(sagaId)
  const found = await pool.query(
    `select w.kind, w.deaths, coalesce(w.attempts, l.attempts) as attempts, w.due_at as "dueAt",
       case when w.kind is null then l.error_code else w.error_code end as "errorCode", w.error_message as "errorMessage",
       case when l.is_last then l.status when 'discard' = any(a.acts) then 'discarded' when l.status is not null then 'refused' end as status,
       cardinality(a.acts) > 0 as "wasHandled"
     from (select array(select act from saga.operator_acts where ${isIts} and letter_id = $2) as acts) a
     left join saga.waiting w on w.${isIts} and w.message_id = $2
     left join lateral (
       select status, error_code, attempts, payload->>'id' = $2 and status in ('succeeded', 'rejected', 'refused', 'skipped', 'discarded') as is_last
       from saga.saga_log where saga_id = $1::uuid and (payload->>'id' = $2 and status not in ('failed', 'calling', 'dead') or $2 = any(ended_ids))
       limit 1) l on true`,
    [sagaId, id],
  )
  return found.rows[0]
}
