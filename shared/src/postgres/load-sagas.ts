import type { ClientBase } from 'pg'
import type { Direction, LogRow, Status, WaitingKind, WaitingRow } from '../core/saga.ts'
import { Saga } from '../core/saga.ts'
import type { Found } from './lock-sagas.ts'
import { arrayOf } from './recordset.ts'

/** Reads fence and queue of the locked sagas. A saga that was begun just now has neither. */
export async function loadSagas(tx: ClientBase, sagas: ReadonlyMap<string, Found>): Promise<Map<string, Saga>> {
  const known: string[] = []
  sagas.forEach((f, id) => {
    if (f === 'known') known.push(id)
  })
  const log = new Map<string, LogRow[]>()
  const waiting = new Map<string, WaitingRow[]>()
  if (known.length > 0) {
    const ids = arrayOf('uuid', known)
    const logRows = tx.query({
      name: 'load-log',
      text: `select saga_id, step, direction, status, payload->>'id' as message_id, payload->>'type' as message_type, error_code, attempts, ended_ids
             from saga.saga_log where saga_id = any($1::uuid[]) order by saga_id, step, direction`,
      values: [ids],
    })
    const waitingRows = tx.query({
      name: 'load-waiting',
      text: `select message_id, kind, saga_id, message_type, seq, n, step, direction, due_at, attempts, deaths, first_failed_at, error_code, error_message, request
             from saga.waiting where saga_id = any($1::uuid[])`,
      values: [ids],
    })
    const [found, queued] = await Promise.all([logRows, waitingRows])
    for (const row of found.rows) append(log, row.saga_id, logRow(row))
    for (const row of queued.rows) append(waiting, row.saga_id, waitingRow(row))
  }
  const loaded = new Map<string, Saga>()
  sagas.forEach((f, id) => void loaded.set(id, new Saga(id, f, log.get(id), waiting.get(id))))
  return loaded
}

function append<T>(lists: Map<string, T[]>, id: string, item: T): void {
  const list = lists.get(id)
  if (list) list.push(item)
  else lists.set(id, [item])
}

/** A row as the driver gives it. */
export type Columns = Readonly<Record<string, any>>

function logRow(row: Columns): LogRow {
  return {
    step: row.step,
    direction: row.direction as Direction,
    status: row.status as Status,
    messageId: row.message_id,
    messageType: row.message_type,
    body: null,
    errorCode: row.error_code,
    attempts: row.attempts,
    endedIds: row.ended_ids,
  }
}

export function waitingRow(row: Columns): WaitingRow {
  return {
    id: row.message_id,
    kind: row.kind as WaitingKind,
    messageType: row.message_type,
    seq: row.seq,
    n: row.n,
    step: row.step,
    direction: row.direction as Direction,
    dueAtMs: row.due_at?.getTime() ?? null,
    attempts: row.attempts,
    deaths: row.deaths,
    firstFailedAtMs: row.first_failed_at?.getTime() ?? null,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    request: row.request === null ? null : { value: row.request.value },
    envelope: undefined,
  }
}
