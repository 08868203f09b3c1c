import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'
import { addBuckets, bucketEndsMs, bucketsOf } from './latencies.ts'
import { minuteOf } from './minute.ts'
import type { Taken } from './taken.ts'

interface Row {
  readonly minute: Date
  readonly taken: Taken
  readonly seen: number
  readonly latencies: readonly number[]
  readonly lastAt: Date
}
const key = columnsBy<Row>({
  'minute timestamptz': row => row.minute,
  'kind text': row => row.taken.kind,
  'message text': row => row.taken.message,
  'from_service text': row => row.taken.from?.service ?? '',
  'from_step text': row => row.taken.from?.step ?? '',
  'from_direction text': row => row.taken.from?.direction ?? '',
  'service text': row => row.taken.to.service,
  'step text': row => row.taken.to.step,
  'direction text': row => row.taken.to.direction,
})
const columns = [
  ...key,
  ...columnsBy<Row>({
    'seen bigint': row => row.seen,
    'latencies bigint[]': row => row.latencies,
    'last_at timestamptz': row => row.lastAt,
  }),
]
const rows = recordset(columns)
const keyNames = key.map(({ name }) => name).join(', ')

/** Adds edges to their minutes. In the order of the key: two observers that write at once do not wait for one another in a circle. */
export async function saveTaken(tx: ClientBase, taken: readonly Taken[], now = new Date()): Promise<void> {
  const byKey = new Map<string, Row>()
  for (const each of taken) {
    const one = rowOf(each, now)
    const name = JSON.stringify(key.map(({ of }) => of(one)))
    const before = byKey.get(name)
    byKey.set(name, before ? added(before, one) : one)
  }
  if (byKey.size === 0) return
  await tx.query({
    name: 'save-taken',
    text: `insert into taken_edges as t (${columns.map(({ name }) => name).join(', ')})
           select ${rows.select} from ${rows.from} order by ${keyNames}
           on conflict (${keyNames}) do update set
             seen = t.seen + excluded.seen, last_at = greatest(t.last_at, excluded.last_at),
             latencies = (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by at)
                          from unnest(t.latencies, excluded.latencies) with ordinality as l (a, b, at))`,
    values: rows.values([...byKey.values()]),
  })
}

const none = new Array<number>(bucketEndsMs.length + 1).fill(0)
const rowOf = (taken: Taken, now: Date): Row => ({
  ...{ minute: minuteOf(taken.at, now), taken, seen: 1, lastAt: taken.at < now ? taken.at : now },
  latencies: taken.latencyMs === null ? none : bucketsOf(taken.latencyMs),
})
const added = (a: Row, b: Row): Row => ({
  ...{ ...a, seen: a.seen + b.seen, latencies: addBuckets(a.latencies, b.latencies) },
  lastAt: a.lastAt > b.lastAt ? a.lastAt : b.lastAt,
})
