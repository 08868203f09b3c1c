import type { ClientBase } from 'pg'
import type { OutboxPlace } from './acknowledged.ts'
import { unpackRows } from './bundle.ts'
import type { StoredRow } from './save-outbox.ts'
import type { LeftBundle } from './unpack-bundles.ts'

/** A row that the sweeper may publish, without its bytes. */
export interface SweepablePlace extends OutboxPlace {
  readonly sagaId: string
  /** topic/partition */
  readonly lane: string
  readonly bytes: number
}

export interface SweepOptions {
  /** Rows whose sagas are looked at, the oldest first. */
  readonly limit: number
  /** Sagas, and lanes, that have to wait: they must not take the places of those that can go. */
  readonly without: { readonly sagas: readonly string[]; readonly lanes: readonly string[] }
}

/**
 * The rows that the sweeper may publish, in order within each saga: all of those of which nothing stands in a bundle, which
 * is still its committer's (rule 24). One statement: between two, a bundle that the first has not seen yet could become rows
 * that the second does not see any more.
 */
export async function findSweepable(client: ClientBase, { limit, without }: SweepOptions): Promise<SweepablePlace[]> {
  const found = await client.query({
    name: 'sweep-places',
    text: `with candidates as materialized (
             select distinct saga_id from (
               select saga_id from saga.outbox where saga_id <> all($2::uuid[]) and topic || '/' || partition <> all($3::text[])
                 and saga_id not in (select unnest(saga_ids) from saga.outbox_bundles)
               order by seq, n limit $1) oldest)
           select o.saga_id, seq, n, topic || '/' || partition as lane, octet_length(body) as bytes
           from candidates join saga.outbox o using (saga_id) order by saga_id, seq, n`,
    values: [limit, without.sagas, without.lanes],
  })
  return found.rows.map(({ saga_id: sagaId, seq, n, lane, bytes }) => ({ sagaId, seq, n, lane, bytes: bytes ?? 0 }))
}

/**
 * Bundles that have stood for longer than their committers may still publish them, the oldest first, and at least one: a
 * process that was killed leaves all that it had under way, which must not come at once.
 */
export async function findOldBundles(
  client: ClientBase,
  o: { readonly olderThanMs: number; readonly most: { readonly bundles: number; readonly bytes: number } },
): Promise<LeftBundle[]> {
  // seq rises with time: the oldest are the first ones, and no index on created_at has to be kept.
  const found = await client.query({
    name: 'old-bundles',
    text: `select seq, n, records from (
             select *, sum(octet_length(records)) over (order by seq, n) - octet_length(records) as bytes_before
             from (select * from saga.outbox_bundles order by seq, n limit $1) first) oldest
           where created_at < now() - $2 * interval '1 ms' and bytes_before < $3`,
    values: [o.most.bundles, o.olderThanMs, o.most.bytes],
  })
  return found.rows.map(({ seq, n, records }) => ({ seq, n, rows: unpackRows(seq, records) }))
}

/** The rows themselves, in the order of their places; those that are gone meanwhile are left out. */
export async function readOutbox(client: ClientBase, places: readonly OutboxPlace[]): Promise<StoredRow[]> {
  const read = await client.query({
    name: 'read-outbox',
    text: `select o.* from unnest($1::bigint[], $2::int[]) with ordinality as wanted (seq, n, place)
           join saga.outbox o using (seq, n) order by place`,
    values: [places.map(p => p.seq), places.map(p => p.n)],
  })
  return read.rows.map(({ saga_id: sagaId, seq, n, topic, partition, key, headers, body }) => ({
    ...{ sagaId, seq, n, topic, partition, key, headers, body },
  }))
}
