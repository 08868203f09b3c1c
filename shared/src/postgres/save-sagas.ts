import { type Image, storedImages } from '../core/images.ts'
import type { LogRow, Saga, WaitingRow } from '../core/saga.ts'
import { arrayOf, columnsBy, recordset } from './recordset.ts'
import type { Statement } from './statement.ts'
import { storableText } from './storable-json.ts'

/** Writes what the batch changed of fences and queues, one statement a table. */
export function saveSagas(
  service: string,
  sagas: Iterable<Saga>,
  partitionOf: (sagaId: string) => number,
): Statement[] {
  const begun: Step[] = []
  const changed: Step[] = []
  const toWrite: Waiting[] = []
  const toMove: Place[] = []
  const deleted: { sagaId: string; id: string }[] = []
  for (const saga of sagas) {
    const changes = saga.changes()
    for (const row of changes.log) (saga.hadBegun(row) ? changed : begun).push({ sagaId: saga.id, service, row })
    for (const row of changes.waiting)
      if (row.envelope) toWrite.push({ sagaId: saga.id, partition: partitionOf(saga.id), row })
      else toMove.push({ sagaId: saga.id, row })
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

interface Step {
  readonly sagaId: string
  readonly service: string
  readonly row: LogRow
}
const log = recordset(
  columnsBy<Step>({
    'saga_id uuid': step => step.sagaId,
    'step text': ({ row }) => row.step,
    'direction text': ({ row }) => row.direction,
    'service_name text': step => step.service,
    'payload jsonb': ({ row }) => payloadOf(row),
    'status text': ({ row }) => row.status,
    'error_code text': ({ row }) => row.errorCode,
    'attempts int': ({ row }) => row.attempts,
    'ended_ids text[]': ({ row }) => row.endedIds,
    'images json': ({ row }) => row.images && kept(row.images),
  }),
  { storable: true },
)

/** Most steps change no row of their saga's own: null takes no room. */
function kept(images: readonly Image[]): Image[] | null {
  const stored = storedImages(images)
  return stored.length > 0 ? stored : null
}

/** What is absent is left out by JSON. */
const payloadOf = ({ messageId, messageType, body, emitted }: LogRow) => ({
  id: messageId,
  type: messageType,
  body: body ?? undefined,
  emitted: emitted?.length ? emitted : undefined,
})

/** Under the saga's lock nobody else can begin the step: no conflict to look for. */
function beginSteps(rows: readonly Step[]): Statement {
  return {
    name: 'begin-steps',
    text: `insert into saga.saga_log (saga_id, step, direction, service_name, payload, status, error_code, attempts, ended_ids, images)
           select ${log.select} from ${log.from}`,
    values: log.values(rows),
  }
}

function changeSteps(rows: readonly Step[]): Statement {
  return {
    name: 'change-steps',
    text: `update saga.saga_log l set payload = r.payload, status = r.status, error_code = r.error_code, attempts = r.attempts,
             ended_ids = r.ended_ids, images = r.images, updated_at = now()
           from (select ${log.select} from ${log.from}) r
           where l.saga_id = r.saga_id and l.step = r.step and l.direction = r.direction`,
    values: log.values(rows),
  }
}

interface Place {
  readonly sagaId: string
  readonly row: WaitingRow
}
interface Waiting extends Place {
  readonly partition: number
}
const place = columnsBy<Place>({
  'message_id text': ({ row }) => row.id,
  'kind text': ({ row }) => row.kind,
  'message_type text': ({ row }) => row.messageType,
  'seq bigint': ({ row }) => row.seq,
  'n int': ({ row }) => row.n,
  'step text': ({ row }) => row.step,
  'direction text': ({ row }) => row.direction,
  'due_at timestamptz': ({ row }) => dateOf(row.dueAtMs),
  'attempts int': ({ row }) => row.attempts,
  'deaths int': ({ row }) => row.deaths,
  'first_failed_at timestamptz': ({ row }) => dateOf(row.firstFailedAtMs),
  'error_code text': ({ row }) => row.errorCode,
  'error_message text': ({ row }) => row.errorMessage && storableText(row.errorMessage).slice(0, mostErrorText),
  'request jsonb': ({ row }) => row.request,
  'saga_id uuid': waiting => waiting.sagaId,
})
const moved = recordset(place, { storable: true })
const writtenColumns = [
  ...place,
  ...columnsBy<Waiting>({
    'partition int': waiting => waiting.partition,
    'key bytea': ({ row }) => row.envelope?.key,
    'headers json': ({ row }) => row.envelope?.headers,
    'body bytea': ({ row }) => row.envelope?.body,
    'error_stack text': ({ row }) => row.errorStack,
  }),
]
const written = recordset(writtenColumns, { storable: true })

const mostErrorText = 10_000
const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms))

const changing = `kind = excluded.kind, seq = excluded.seq, n = excluded.n, due_at = excluded.due_at, attempts = excluded.attempts, deaths = excluded.deaths,
  first_failed_at = excluded.first_failed_at, error_code = excluded.error_code, error_message = excluded.error_message, request = excluded.request, died_at = case excluded.kind when 'dead' then now() end`

function writeWaiting(rows: readonly Waiting[]): Statement {
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
    values: [arrayOf('uuid', rows, row => row.sagaId), arrayOf('text', rows, row => row.id)],
  }
}

/** Rows whose message stays as it is: only their place and time change. */
function moveWaiting(rows: readonly Place[]): Statement {
  return {
    name: 'move-waiting',
    text: `update saga.waiting w set ${changing.replaceAll('excluded.', 'r.')} from ${moved.from}
           where w.saga_id = r.saga_id and w.message_id = r.message_id`,
    values: moved.values(rows),
  }
}
