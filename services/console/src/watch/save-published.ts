import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'
import { minuteOf } from './minute.ts'
import type { SeenEvent } from './seen-saga.ts'

interface Row {
  readonly minute: Date
  readonly event: SeenEvent
}
const rows = recordset(
  columnsBy<Row>({
    'minute timestamptz': row => row.minute,
    'service text': row => row.event.service,
    'step text': row => row.event.step ?? '',
    'direction text': row => row.event.direction ?? '',
    'type text': row => row.event.type,
  }),
)
const key = 'minute, service, step, direction, type'

/** Counts events by who published them. */
export async function savePublished(tx: ClientBase, events: readonly SeenEvent[], now = new Date()): Promise<void> {
  await tx.query({
    name: 'save-published',
    text: `insert into published_events as p (${key}, seen)
           select ${rows.select}, count(*) from ${rows.from} group by ${key} order by ${key}
           on conflict (${key}) do update set seen = p.seen + excluded.seen`,
    values: rows.values(events.map(event => ({ minute: minuteOf(event.at, now), event }))),
  })
}
