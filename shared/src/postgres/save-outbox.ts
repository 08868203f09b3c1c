import type { ClientBase } from 'pg'
import type { OutboxRow } from '../core/outbox-row.ts'
import type { OutboxPlace } from './acknowledged.ts'
import { columnsOf, recordset } from './recordset.ts'
import type { Statement } from './statement.ts'

export type StoredRow = OutboxRow & OutboxPlace & { readonly deferred: boolean }

/** Rule 24: of these sagas, what stands in the outbox. Under the sagas' locks nothing older can appear later. */
export async function findStanding(
  tx: ClientBase,
  sagaIds: readonly string[],
): Promise<(OutboxPlace & { sagaId: string })[]> {
  if (sagaIds.length === 0) return []
  const found = await tx.query({
    name: 'standing-outbox',
    text: 'select saga_id as "sagaId", seq, n from saga.outbox where saga_id = any($1::uuid[])',
    values: [sagaIds],
  })
  return found.rows
}

/** Rule 24: a row is deferred, that is left to the sweeper, if an older one of its saga still stands. */
export function deferred(rows: readonly OutboxRow[], seq: number, behind: ReadonlySet<string>): StoredRow[] {
  return rows.map(row => ({ ...row, seq, deferred: behind.has(row.sagaId) }))
}

const stored = recordset(
  columnsOf('n int, saga_id uuid, topic text, partition int, key bytea, headers json, body bytea, deferred boolean'),
  { firstParameter: 2, storable: true },
)

export function saveOutbox(seq: number, rows: readonly StoredRow[]): Statement[] {
  if (rows.length === 0) return []
  const columns = rows.map(({ sagaId, ...row }) => ({ ...row, saga_id: sagaId }))
  return [
    {
      name: 'save-outbox',
      text: `insert into saga.outbox (seq, n, saga_id, topic, partition, key, headers, body, deferred)
             select $1, ${stored.select} from ${stored.from}`,
      values: [seq, ...stored.values(columns)],
    },
  ]
}
