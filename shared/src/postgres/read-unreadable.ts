import type { Pool } from 'pg'
import type { Envelope } from '../core/delivery.ts'

/** A record that nobody could read (rule 21), as it stands here. */
export interface FoundUnreadable {
  readonly stands: { readonly kind: 'dead' | 'tombstone'; readonly envelope: Envelope } | undefined
  /** An operator's replay has closed it. */
  readonly wasReplayed: boolean
}

export async function readUnreadable(pool: Pool, id: string): Promise<FoundUnreadable> {
  const [found, acts] = await Promise.all([
    pool.query('select kind, key, headers, body from saga.waiting where saga_id is null and message_id = $1', [id]),
    pool.query(
      `select from saga.operator_acts where saga_id is null and letter_id = $1 and act in ('replay', 'restore') limit 1`,
      [id],
    ),
  ])
  const row = found.rows[0]
  return {
    stands: row && { kind: row.kind, envelope: { key: row.key, headers: row.headers, body: row.body } },
    wasReplayed: acts.rows.length > 0,
  }
}
