import type { ClientBase } from 'pg'
import type { OutboxPlace } from './acknowledged.ts'
import type { StoredRow } from './save-outbox.ts'

/** A row that the sweeper may publish, without its bytes. */
export interface SweepablePlace extends OutboxPlace {
  readonly sagaId: string
  /** topic/partition */
  readonly lane: string
  readonly bytes: number
}

export interface SweepOptions {
  /** Sagas looked at. */
  readonly limit: number
  readonly olderThanMs: number
  /** Looking for old rows costs more than looking for deferred ones. */
  readonly includingOld: boolean
  /** Sagas, and lanes, that have to wait: they must not take the places of those that can go. */
  readonly without: { readonly sagas: readonly string[]; readonly lanes: readonly string[] }
  /** Acknowledged to this process and not yet deleted: neither to be published nor in anything's way. */
  readonly isAcknowledged: (row: OutboxPlace) => boolean
}

const mayGo = `saga_id <> all($2::uuid[]) and topic || '/' || partition <> all($3::text[])`
/** Sagas with a row that was deferred, or one that has stood for longer than its own publisher may still send it. */
const candidates = {
  deferred: `select distinct saga_id from saga.outbox where deferred and ${mayGo} limit $1`,
  // seq rises with time: the oldest rows are the first ones, and no index on created_at has to be kept.
  old: `select distinct saga_id from (select saga_id, created_at from saga.outbox where ${mayGo} order by seq, n limit $1) oldest
        where created_at < now() - $4 * interval '1 ms'`,
}

/**
 * The rows that the sweeper may publish, in order within each saga: from its oldest on, as long as each was deferred or
 * is older than twice the publish window. A younger row that was not deferred is still its committer's (rule 24).
 */
export async function findSweepable(client: ClientBase, o: SweepOptions): Promise<SweepablePlace[]> {
  const { limit, olderThanMs, without, isAcknowledged } = o
  const values = [limit, without.sagas, without.lanes]
  const found = await client.query({ name: 'sweep-deferred', text: candidates.deferred, values })
  const old = o.includingOld
    ? await client.query({ name: 'sweep-old', text: candidates.old, values: [...values, olderThanMs] })
    : { rows: [] }
  const sagas = [...new Set([...found.rows, ...old.rows].map(row => row.saga_id))]
  if (sagas.length === 0) return []
  const rows = await client.query({
    name: 'sweep-places',
    text: `select saga_id, seq, n, topic || '/' || partition as lane, octet_length(body) as bytes,
             deferred or created_at < now() - $2 * interval '1 ms' as is_left
           from saga.outbox where saga_id = any($1::uuid[]) order by saga_id, seq, n`,
    values: [sagas, olderThanMs],
  })
  const sweepable: SweepablePlace[] = []
  const stopped = new Set<string>()
  for (const { saga_id: sagaId, seq, n, lane, bytes, is_left } of rows.rows) {
    if (isAcknowledged({ seq, n })) continue
    if (!is_left) stopped.add(sagaId)
    if (!stopped.has(sagaId)) sweepable.push({ sagaId, seq, n, lane, bytes: bytes ?? 0 })
  }
  return sweepable
}

/** The rows themselves, in the order of their places; those that are gone meanwhile are left out. */
export async function readOutbox(client: ClientBase, places: readonly OutboxPlace[]): Promise<StoredRow[]> {
  const read = await client.query({
    name: 'read-outbox',
    text: `select o.* from unnest($1::bigint[], $2::int[]) with ordinality as wanted (seq, n, place)
           join saga.outbox o using (seq, n) order by place`,
    values: [places.map(p => p.seq), places.map(p => p.n)],
  })
  return read.rows.map(({ saga_id: sagaId, seq, n, topic, partition, key, headers, body, deferred }) => ({
    ...{ sagaId, seq, n, topic, partition, key, headers, body, deferred },
  }))
}
