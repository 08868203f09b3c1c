import type { ClientBase } from 'pg'
import { columnsBy, recordset, storableText } from 'saga-kit/parts'
import { tellChange } from '../changes.ts'
import type { OverdueStep } from './overdue.ts'

export interface FinishedLook {
  readonly sagaId: string
  /** As it stood when the saga was chosen. */
  readonly awaitedBy: Date
  readonly overdue: readonly OverdueStep[]
  readonly lookAt: Date
}
const longestText = 1_000
const rows = recordset(
  columnsBy<OverdueStep>({
    'service text': row => row.service,
    'step text': row => row.step,
    'direction text': row => row.direction,
    'event_id text': row => row.eventId,
    'event_type text': row => row.eventType,
    'one_of text[]': row => row.oneOf,
    'since timestamptz': row => row.since,
    'due timestamptz': row => row.due,
    'stands text': row => row.stands,
    'attempts int': row => row.attempts,
    'error_message text': row =>
      row.errorMessage && storableText(row.errorMessage.slice(0, longestText).toWellFormed()),
  }),
  { firstParameter: 2, storable: true },
)
const columns = 'service, step, direction, event_id, event_type, one_of, since, due, stands, attempts, error_message'

/** Keeps what a look has found, instead of what the one before it did. If the saga has gone on meanwhile, that is looked at in its time. */
export async function saveLook(tx: ClientBase, { sagaId, awaitedBy, overdue, lookAt }: FinishedLook): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'look-again',
    text: `update sagas set awaited_by = $3, overdue = $4
           where saga_id = $1 and awaited_by = $2`,
    values: [sagaId, awaitedBy, lookAt, overdue.length > 0],
  })
  if (rowCount === 0) return
  await tellChange(tx, { kind: 'sagas', sagaIds: [sagaId], more: false })
  await tx.query({
    name: 'save-look',
    text: `insert into looks (saga_id, looked_at, look_at, looks) values ($1, now(), $2, 1)
           on conflict (saga_id) do update set looked_at = now(), look_at = $2, looks = looks.looks + 1`,
    values: [sagaId, lookAt],
  })
  await tx.query({ name: 'delete-overdue', text: 'delete from overdue_steps where saga_id = $1', values: [sagaId] })
  if (overdue.length === 0) return
  await tx.query({
    name: 'save-overdue',
    text: `insert into overdue_steps (saga_id, ${columns}) select $1, ${rows.select} from ${rows.from} on conflict do nothing`,
    values: [sagaId, ...rows.values(overdue)],
  })
}
