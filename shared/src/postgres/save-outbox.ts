import type { ClientBase } from 'pg'
import type { OutboxRow } from '../core/outbox-row.ts'
import type { Acknowledged, OutboxPlace } from './acknowledged.ts'
import { packRows } from './bundle.ts'
import { arrayOf, columnsBy, recordset } from './recordset.ts'
import type { Statement } from './statement.ts'

export type StoredRow = OutboxRow & OutboxPlace
/** As its transaction wrote it: left to the sweeper, or in a bundle that its committer publishes. */
export type CommittedRow = StoredRow & { readonly deferred: boolean }

/** Rows of one transaction and partition, published by their committer and deleted as one. */
export interface Bundle extends OutboxPlace {
  readonly rows: readonly CommittedRow[]
}

export function bundlesOf(rows: readonly CommittedRow[]): Bundle[] {
  const own = rows.filter(row => !row.deferred)
  const lanes = Map.groupBy(own, ({ topic, partition }) => `${topic}/${partition}`)
  return [...lanes.values()].map(lane => ({ seq: lane[0]!.seq, n: lane[0]!.n, rows: lane }))
}

interface Standing extends OutboxPlace {
  readonly sagaId: string
}

/**
 * Rule 24: of these sagas, what stands in the outbox and has not been acknowledged to this process. It knows what it
 * publishes itself, so that the database is asked for the bundles of others only. Under the sagas' locks nothing older can
 * appear later; what this process leaves meanwhile was looked at before it was a row.
 */
export async function findStanding(
  tx: ClientBase,
  acknowledged: Acknowledged,
  sagaIds: readonly string[],
): Promise<Standing[]> {
  if (sagaIds.length === 0) return []
  const own = acknowledged.standing(new Set(sagaIds))
  const found = await tx.query({
    name: 'standing-outbox',
    text: `select saga_id as "sagaId", seq, n from saga.outbox where saga_id = any($1::uuid[])
           union all
           select s.saga_id, b.seq, null from saga.outbox_bundles b cross join unnest(b.saga_ids) s (saga_id)
           where b.seq <> all($2::bigint[]) and s.saga_id = any($1::uuid[])`,
    values: [arrayOf('uuid', sagaIds), arrayOf('bigint', acknowledged.ownTransactions)],
  })
  return acknowledged.unacknowledged([...own, ...found.rows])
}

/** Rule 24: a row is deferred, that is left to the sweeper, if an older one of its saga still stands. */
export function deferred(rows: readonly OutboxRow[], seq: number, behind: ReadonlySet<string>): CommittedRow[] {
  return rows.map(row => ({ ...row, seq, deferred: behind.has(row.sagaId) }))
}

export const leftColumns = columnsBy<OutboxRow>({
  'n int': row => row.n,
  'saga_id uuid': row => row.sagaId,
  'topic text': row => row.topic,
  'partition int': row => row.partition,
  'key bytea': row => row.key,
  'headers json': row => row.headers,
  'body bytea': row => row.body,
})
const left = recordset(leftColumns, { firstParameter: 2, storable: true })
/** A bundle's saga ids are a part of all of them, which go as one array in binary form. */
const bundled = recordset(
  columnsBy<Bundle & { readonly first: number }>({
    'n int': ({ n }) => n,
    'first int': ({ first }) => first,
    'last int': ({ first, rows }) => first + rows.length - 1,
    'records text': ({ rows }) => packRows(rows),
  }),
  { firstParameter: 3 },
)

export function saveOutbox(seq: number, rows: readonly CommittedRow[]): Statement[] {
  const statements: Statement[] = []
  const deferredRows = rows.filter(row => row.deferred)
  if (deferredRows.length > 0)
    statements.push({
      name: 'save-outbox',
      text: `insert into saga.outbox (seq, n, saga_id, topic, partition, key, headers, body) select $1, ${left.select} from ${left.from}`,
      values: [seq, ...left.values(deferredRows)],
    })
  const sagaIds: string[] = []
  const bundles = bundlesOf(rows).map(bundle => {
    const first = sagaIds.length + 1
    for (const { sagaId } of bundle.rows) sagaIds.push(sagaId)
    return { ...bundle, first }
  })
  if (bundles.length > 0)
    statements.push({
      name: 'save-bundles',
      text: `insert into saga.outbox_bundles (seq, n, saga_ids, records)
             select $1, r.n, ($2::uuid[])[r.first:r.last], r.records from ${bundled.from}`,
      values: [seq, arrayOf('uuid', sagaIds), ...bundled.values(bundles)],
    })
  return statements
}
