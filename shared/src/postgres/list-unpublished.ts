import type { ClientBase } from 'pg'
import { textHeader } from '../core/headers.ts'
import { unpackRows } from './bundle.ts'
import type { StoredRow } from './save-outbox.ts'

export interface UnpublishedEvent {
  readonly id: string
  readonly type: string
  readonly topic: string
  readonly createdAt: Date
}

/** Events of a saga that Kafka has not acknowledged, in the order of their commits; no letters. */
export async function listUnpublishedOf(
  tx: ClientBase,
  sagaId: string,
  letterTopic: string,
): Promise<UnpublishedEvent[]> {
  const left = await tx.query(
    'select seq, n, topic, headers, created_at as "createdAt" from saga.outbox where saga_id = $1::uuid',
    [sagaId],
  )
  const bundles = await tx.query(
    'select seq, records, created_at as "createdAt" from saga.outbox_bundles where $1::uuid = any(saga_ids)',
    [sagaId],
  )
  const bundled = bundles.rows.flatMap(({ seq, records, createdAt }) =>
    unpackRows(seq, records)
      .filter(row => row.sagaId === sagaId)
      .map(row => ({ ...row, createdAt })),
  )
  return [...(left.rows as (StoredRow & { createdAt: Date })[]), ...bundled]
    .filter(({ topic }) => topic !== letterTopic)
    .sort((a, b) => a.seq - b.seq || a.n - b.n)
    .map(({ headers, topic, createdAt }) => ({
      id: textHeader(headers, 'ce_id') ?? '',
      type: textHeader(headers, 'ce_type') ?? '',
      ...{ topic, createdAt },
    }))
}
