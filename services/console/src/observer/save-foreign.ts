import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'
import type { ForeignRecord } from './observed-record.ts'

const rows = recordset(
  columnsBy<ForeignRecord>({
    'topic text': r => r.topic,
    'partition integer': r => r.partition,
    '"offset" bigint': r => r.offset,
    'why text': r => r.why,
    'at timestamp with time zone': r => r.at,
    'key bytea': r => r.key,
    'headers jsonb': r => r.headers,
    'body bytea': r => r.body,
  }),
  { storable: true },
)
const insert = {
  name: 'insert-foreign-records',
  text: `insert into foreign_records (topic, partition, "offset", why, at, key, headers, body, seen_at)
    select ${rows.select}, now() from ${rows.from} on conflict do nothing`,
}

export async function saveForeign(client: ClientBase, records: readonly ForeignRecord[]): Promise<void> {
  if (records.length > 0) await client.query({ ...insert, values: rows.values(records) })
}
