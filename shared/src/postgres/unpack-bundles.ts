import type { ClientBase } from 'pg'
import type { OutboxPlace } from './acknowledged.ts'
import { arrayOf, columnsBy, recordset } from './recordset.ts'
import { leftColumns, type StoredRow } from './save-outbox.ts'

/** What is left of a bundle, by the bundle's place. */
export interface LeftBundle extends OutboxPlace {
  readonly rows: readonly StoredRow[]
}

const left = recordset(
  [
    ...columnsBy<StoredRow & { readonly first: number }>({
      'seq bigint': ({ seq }) => seq,
      'first int': ({ first }) => first,
    }),
    ...leftColumns,
  ],
  { firstParameter: 3, storable: true },
)

/**
 * Leaves these rows of their bundles to the sweeper; what else stood in them is forgotten. Nothing of a bundle that is
 * gone: somebody else did it before. One commit for all: while Kafka is away bundles come faster than one by one could go.
 * Sorted: two who unpack the same wait for one another, and not each for the other.
 */
export async function unpackBundles(client: ClientBase, bundles: readonly LeftBundle[]): Promise<void> {
  await client.query({
    name: 'unpack-bundles',
    text: `with mine as materialized (
             select seq, n, created_at from saga.outbox_bundles where (seq, n) in (select * from unnest($1::bigint[], $2::int[]))
             order by seq, n for update),
           unpacked as (delete from saga.outbox_bundles b using mine where b.seq = mine.seq and b.n = mine.n)
           insert into saga.outbox (seq, n, saga_id, topic, partition, key, headers, body, created_at)
           select r.seq, r.n, r.saga_id, r.topic, r.partition, r.key, r.headers, r.body, mine.created_at
           from mine join ${left.from} on r.seq = mine.seq and r.first = mine.n`,
    values: [
      arrayOf(
        'bigint',
        bundles.map(({ seq }) => seq),
      ),
      arrayOf(
        'int',
        bundles.map(({ n }) => n),
      ),
      ...left.values(bundles.flatMap(({ n: first, rows }) => rows.map(row => ({ ...row, first })))),
    ],
  })
}

/** So many bytes of events a statement may carry: one bundle alone may be more. */
export const mostUnpackedBytes = 8 * 1024 * 1024
/** Of what a row is besides its body, about. */
const rowBytes = 1_024

/** In parts that a statement can carry. */
export function* portionsOf<B extends LeftBundle>(
  bundles: readonly B[],
  mostBytes = mostUnpackedBytes,
): Generator<B[]> {
  let portion: B[] = []
  let bytes = 0
  for (const bundle of bundles) {
    const more = bundle.rows.reduce((sum, { body }) => sum + rowBytes + (body?.length ?? 0), 0)
    if (portion.length > 0 && bytes + more > mostBytes) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(bundle)
    bytes += more
  }
  if (portion.length > 0) yield portion
}
