import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'
import type { LetterRecord } from './observed-record.ts'

const rows = recordset(
  columnsBy<LetterRecord>({
    'service text': r => r.service,
    'id text': r => r.id,
    'saga_id uuid': r => r.sagaId,
    'status text': r => r.status,
    'deaths integer': r => r.deaths,
    'step text': r => r.step,
    'direction text': r => r.direction,
    'message_type text': r => r.messageType,
    'error_code text': r => r.errorCode,
    'error_message text': r => r.errorMessage,
    'attempts integer': r => r.attempts,
    'first_failed_at timestamp with time zone': r => r.firstFailedAt,
    'died_at timestamp with time zone': r => r.diedAt,
    'partition integer': r => r.partition,
    '"offset" bigint': r => r.offset,
  }),
  { storable: true },
)
const columns =
  'service, id, saga_id, status, deaths, step, direction, message_type, error_code, error_message, attempts, first_failed_at, died_at, partition, "offset"'

/**
 * The last record of a letter stands (rule 18); its records share a partition. A marker says only what became of the letter,
 * which keeps what it told of itself.
 */
const upsert = {
  name: 'upsert-letters',
  text: `insert into letters as l (${columns}, seen_at)
    select distinct on (r.service, r.id, r.saga_id) ${rows.select}, now() from ${rows.from}
    order by r.service, r.id, r.saga_id, r."offset" desc
    on conflict (service, id, saga_id) do update set
      status = excluded.status, deaths = excluded.deaths, partition = excluded.partition, "offset" = excluded."offset",
      seen_at = excluded.seen_at,
      (step, direction, message_type, error_code, error_message, attempts, first_failed_at, died_at) = (
        select case when o then excluded.step else l.step end, case when o then excluded.direction else l.direction end,
          case when o then excluded.message_type else l.message_type end,
          case when o then excluded.error_code else l.error_code end,
          case when o then excluded.error_message else l.error_message end,
          case when o then excluded.attempts else l.attempts end,
          case when o then excluded.first_failed_at else l.first_failed_at end,
          case when o then excluded.died_at else l.died_at end
        from (values (excluded.status = 'open')) as opened (o))
    where excluded.partition <> l.partition or excluded."offset" > l."offset"`,
}

/** A letter and its marker may come in one batch: the marker then has nothing of its own to be kept, so letters go first. */
export async function saveLetters(client: ClientBase, letters: readonly LetterRecord[]): Promise<void> {
  const open = letters.filter(({ status }) => status === 'open')
  const over = letters.filter(({ status }) => status !== 'open')
  for (const each of [open, over]) if (each.length > 0) await client.query({ ...upsert, values: rows.values(each) })
}
