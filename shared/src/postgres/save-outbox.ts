import type { ClientBase } from 'pg'
import type { OutboxRow } from '../core/outbox-row.ts'
import type { OutboxPlace } from './acknowledged.ts'
import { arrayOf, columnsBy, recordset } from './recordset.ts'
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
    values: [arrayOf('uuid', sagaIds)],
  })
  return found.rows
}

/**
 * Rule 24: a row is deferred, that is left to the sweeper, if an older one of its saga still stands. Numbered partition by
 * partition, in which nothing changes its order: what is acknowledged together is then deleted as one range (rule 26).
 */
export function stored(rows: readonly OutboxRow[], seq: number, behind: ReadonlySet<string>): StoredRow[] {
  return rows.toSorted(byPartition).map((row, n) => ({ ...row, seq, n, deferred: behind.has(row.sagaId) }))
}

function byPartition(a: OutboxRow, b: OutboxRow): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}

const columns = recordset(
  columnsBy<StoredRow>({
    'n int': row => row.n,
    'saga_id uuid': row => row.sagaId,
    'topic text': row => row.topic,
    'partition int': row => row.partition,
    'key bytea': row => row.key,
    'headers json': row => row.headers,
    'body bytea': row => row.body,
    'deferred boolean': row => row.deferred,
  }),
  { firstParameter: 2, storable: true },
)

export function saveOutbox(seq: number, rows: readonly StoredRow[]): Statement[] {
  if (rows.length === 0) return []
  return [
    {
      name: 'save-outbox',
      text: `insert into saga.outbox (seq, n, saga_id, topic, partition, key, headers, body, deferred)
             select $1, ${columns.select} from ${columns.from}`,
      values: [seq, ...columns.values(rows)],
    },
  ]
}
