import { unpackRows } from '../postgres/bundle.ts'
import type { CommittedRow } from '../postgres/save-outbox.ts'

/** All that stands in the outbox, in its order: what is left to the sweeper, and what stands in bundles. */
export async function outboxOf(db: { query(text: string): Promise<any[]> }): Promise<CommittedRow[]> {
  const left = await db.query('select o.*, saga_id as "sagaId", true as deferred from saga.outbox o')
  const bundles = await db.query('select seq, records from saga.outbox_bundles')
  const rows: CommittedRow[] = [
    ...left,
    ...bundles.flatMap(({ seq, records }) => unpackRows(seq, records).map(row => ({ ...row, deferred: false }))),
  ]
  return rows.sort((a, b) => a.seq - b.seq || a.n - b.n)
}
