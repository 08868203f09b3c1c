import type { ClientBase } from 'pg'
import { sagaBeganMs } from 'saga-kit/observing'
import { columnsBy, recordset } from 'saga-kit/parts'
import type { Judgement, Settlement } from './judge.ts'

export interface JudgedSaga {
  readonly sagaId: string
  readonly judgement: Judgement
  readonly settlement: Settlement | null
  readonly attributes: Readonly<Record<string, string>>
  readonly askInMs: number | null
}

const rows = recordset(
  columnsBy<JudgedSaga>({
    'saga_id uuid': r => r.sagaId,
    'state text': r => r.judgement.state,
    'ending text': r => r.judgement.ending,
    'began_at timestamp with time zone': r => new Date(sagaBeganMs(r.sagaId)),
    'last_at timestamp with time zone': r => r.judgement.lastAt ?? new Date(sagaBeganMs(r.sagaId)),
    'settled_at timestamp with time zone': r => r.judgement.settledAt,
    'last_event text': r => r.judgement.lastEvent,
    'last_step text': r => r.judgement.lastStep,
    'error_code text': r => r.judgement.errorCode,
    'attributes jsonb': r => r.attributes,
    'events integer': r => r.judgement.events,
    'awaited jsonb': r => r.judgement.awaited,
    'steps text[]': r => r.judgement.steps,
    'awaited_by timestamp with time zone': r => r.judgement.awaitedBy,
    'ask_in integer': r => r.askInMs,
    'asked_at timestamp with time zone': r => r.settlement?.askedAt ?? null,
    'said_ending text': r => r.settlement?.ending ?? null,
    'said_settled_at timestamp with time zone': r => r.settlement?.settledAt ?? null,
  }),
  { storable: true },
)
const names =
  'state, ending, began_at, last_at, settled_at, last_event, last_step, error_code, attributes, events, awaited, steps, awaited_by, ask_at, asked_at, said_ending, said_settled_at'
const values = `r.state, r.ending, r.began_at, r.last_at, r.settled_at, r.last_event, r.last_step, r.error_code, r.attributes, r.events, r.awaited, r.steps::text[], r.awaited_by, now() + r.ask_in * interval '1 ms', r.asked_at, r.said_ending, r.said_settled_at`

const insert = {
  name: 'insert-sagas',
  text: `insert into sagas (saga_id, ${names}) select r.saga_id, ${values} from ${rows.from} order by r.saga_id on conflict do nothing`,
}
/** What was overdue is so until its watchdog has looked again, but not when it is settled, or blocked by a letter that says why. */
const update = {
  name: 'update-sagas',
  text: `update sagas s set (${names}) = row(${values}), overdue = s.overdue and r.state = 'open' from ${rows.from} where s.saga_id = r.saga_id`,
}

/** Another transaction has made the saga's row first, and may have seen events that this one has not. */
export class MadeByAnother extends Error {}

export async function insertSagas(client: ClientBase, sagas: readonly JudgedSaga[]): Promise<void> {
  if (sagas.length === 0) return
  const { rowCount } = await client.query({ ...insert, values: rows.values(sagas) })
  if (rowCount !== sagas.length) throw new MadeByAnother('the same saga was made by another transaction')
}

export async function updateSagas(client: ClientBase, sagas: readonly JudgedSaga[]): Promise<void> {
  if (sagas.length > 0) await client.query({ ...update, values: rows.values(sagas) })
}
