import type { LogRow, Saga, WaitingRow } from '../core/saga.ts'
import { columnsOf, recordset } from './recordset.ts'
import type { Statement } from './statement.ts'
import { bytea, storableText } from './storable-json.ts'

/** Writes what the batch changed of fences and queues, one statement a table. */
export function saveSagas(
  service: string,
  sagas: Iterable<Saga>,
  partitionOf: (sagaId: string) => number,
): Statement[] {
  const begun: Columns[] = []
  const changed: Columns[] = []
  const toWrite: Columns[] = []
  const toMove: Columns[] = []
  const deleted: { sagaId: string; id: string }[] = []
  for (const saga of sagas) {
    const changes = saga.changes()
    for (const row of changes.log) (saga.hadBegun(row) ? changed : begun).push(logColumns(saga.id, service, row))
    for (const row of changes.waiting) {
      if (row.envelope)
        toWrite.push({
          ...waitingColumns(row),
          saga_id: saga.id,
          partition: partitionOf(saga.id),
          ...row.envelope,
        })
      else toMove.push({ ...waitingColumns(row), saga_id: saga.id })
    }
    for (const id of changes.waitingDeleted) deleted.push({ sagaId: saga.id, id })
  }
  return [
    ...(begun.length > 0 ? [beginSteps(begun)] : []),
    ...(changed.length > 0 ? [changeSteps(changed)] : []),
    ...(deleted.length > 0 ? [deleteWaiting(deleted)] : []),
    ...(toWrite.length > 0 ? [writeWaiting(toWrite)] : []),
    ...(toMove.length > 0 ? [moveWaiting(toMove)] : []),
  ]
}

const log = recordset(
  columnsOf(
    'saga_id uuid, step text, direction text, service_name text, payload jsonb, status text, error_code text, attempts int, ended_ids text[]',
  ),
  { storable: true },
)

type Columns = Readonly<Record<string, unknown>>

function logColumns(sagaId: string, service: string, row: LogRow): Columns {
  const payload = {
    id: row.messageId,
    type: row.messageType,
    ...(row.body && { body: row.body }),
    ...(row.emitted?.length && { emitted: row.emitted }),
  }
  return {
    saga_id: sagaId,
    service_name: service,
    step: row.step,
    direction: row.direction,
    payload,
    status: row.status,
    error_code: row.errorCode,
    attempts: row.attempts,
    ended_ids: row.endedIds,
  }
}

/** Under the saga's lock nobody else can begin the step: no conflict to look for. */
function beginSteps(rows: readonly Columns[]): Statement {
  return {
    name: 'begin-steps',
    text: `insert into saga.saga_log (saga_id, step, direction, service_name, payload, status, error_code, attempts, ended_ids)
           select ${log.select} from ${log.from}`,
    values: log.values(rows),
  }
}

function changeSteps(rows: readonly Columns[]): Statement {
  return {
    name: 'change-steps',
    text: `update saga.saga_log l set payload = r.payload, status = r.status, error_code = r.error_code, attempts = r.attempts,
             ended_ids = r.ended_ids, updated_at = now()
           from (select ${log.select} from ${log.from}) r
           where l.saga_id = r.saga_id and l.step = r.step and l.direction = r.direction`,
    values: log.values(rows),
  }
}

function waitingColumns(row: WaitingRow): Columns {
  return {
    ...{
      message_id: row.id,
      kind: row.kind,
      message_type: row.messageType,
      seq: row.seq,
      n: row.n,
      step: row.step,
      direction: row.direction,
    },
    ...{
      due_at: row.dueAtMs === null ? null : new Date(row.dueAtMs),
      attempts: row.attempts,
      deaths: row.deaths,
      request: row.request,
    },
    ...{
      first_failed_at: row.firstFailedAtMs === null ? null : new Date(row.firstFailedAtMs),
      error_code: row.errorCode,
    },
    error_message: row.errorMessage === null ? null : storableText(row.errorMessage).slice(0, 10_000),
    error_stack: row.errorStack ?? null,
  }
}

export function envelopeColumns({ key, headers, body }: NonNullable<WaitingRow['envelope']>): object {
  return { key: bytea(key), headers, body: bytea(body) }
}

const changing = `kind = excluded.kind, seq = excluded.seq, n = excluded.n, due_at = excluded.due_at, attempts = excluded.attempts, deaths = excluded.deaths,
  first_failed_at = excluded.first_failed_at, error_code = excluded.error_code, error_message = excluded.error_message, request = excluded.request, died_at = case excluded.kind when 'dead' then now() end`
const place = `message_id text, kind text, message_type text, seq bigint, n int, step text, direction text, due_at timestamptz, attempts int,
  deaths int, first_failed_at timestamptz, error_code text, error_message text, request jsonb, saga_id uuid`
const moved = recordset(columnsOf(place), { storable: true })
const writtenColumns = columnsOf(`${place}, partition int, key bytea, headers json, body bytea, error_stack text`)
const written = recordset(writtenColumns, { storable: true })

function writeWaiting(rows: readonly Columns[]): Statement {
  return {
    name: 'write-waiting',
    text: `insert into saga.waiting (${writtenColumns.map(({ name }) => name).join(', ')}, died_at)
           select ${written.select}, case r.kind when 'dead' then now() end from ${written.from} order by message_id
           on conflict (saga_id, message_id) do update set ${changing}, headers = excluded.headers, body = excluded.body,
             error_stack = case when excluded.error_code is not null then coalesce(excluded.error_stack, waiting.error_stack) end`,
    values: written.values(rows),
  }
}

/** A message id is the sender's: two sagas may bring the same. */
function deleteWaiting(rows: readonly { sagaId: string; id: string }[]): Statement {
  return {
    name: 'delete-waiting',
    text: `delete from saga.waiting w using unnest($1::uuid[], $2::text[]) as r (saga_id, message_id)
           where w.saga_id = r.saga_id and w.message_id = r.message_id`,
    values: [rows.map(row => row.sagaId), rows.map(row => row.id)],
  }
}

/** Rows whose message stays as it is: only their place and time change. */
function moveWaiting(rows: readonly Columns[]): Statement {
  return {
    name: 'move-waiting',
    text: `update saga.waiting w set ${changing.replaceAll('excluded.', 'r.')} from ${moved.from}
           where w.saga_id = r.saga_id and w.message_id = r.message_id`,
    values: moved.values(rows),
  }
}
