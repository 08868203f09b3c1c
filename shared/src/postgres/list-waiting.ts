import type { ClientBase, Pool } from 'pg'

/** A message that is not done, as it stands in the table. */
export interface StoredMessage {
  readonly id: string
  readonly sagaId: string | null
  readonly kind: 'timer' | 'retry' | 'parked' | 'calling' | 'dead'
  readonly messageType: string | null
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  readonly dueAt: Date | null
  readonly attempts: number
  readonly deaths: number
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly createdAt: Date
  readonly place: MessagePlace
}
/** In order of arrival. */
export type MessagePlace = readonly [seq: number, n: number]

const columns = `message_id as id, saga_id as "sagaId", kind, message_type as "messageType", step, direction, due_at as "dueAt",
  attempts, deaths, error_code as "errorCode", error_message as "errorMessage", created_at as "createdAt", json_build_array(seq, n) as place`

/** What waits, of any saga, in order of arrival; at most `limit`. */
export async function listWaiting(
  pool: Pool,
  o: {
    readonly kind?: StoredMessage['kind'] | undefined
    readonly after?: MessagePlace | undefined
    readonly limit: number
  },
): Promise<StoredMessage[]> {
  const [seq, n] = o.after ?? [-1, -1]
  const found = await pool.query(
    `select ${columns} from saga.waiting where kind <> 'tombstone' and ($1::text is null or kind = $1) and (seq, n) > ($2::bigint, $3::int)
     order by seq, n limit $4`,
    [o.kind ?? null, seq, n, o.limit],
  )
  return found.rows
}

/** What waits of one saga, in order of arrival. `behind`: only what the message at this place holds up. */
export async function listWaitingOf(
  db: Pool | ClientBase,
  sagaId: string,
  behind?: MessagePlace,
): Promise<StoredMessage[]> {
  const [seq, n] = behind ?? [-1, -1]
  const found = await db.query(
    `select ${columns} from saga.waiting
     where saga_id = $1::uuid and (seq, n) > ($2::bigint, $3::int) and ($4 or kind <> 'timer') order by seq, n`,
    [sagaId, seq, n, behind === undefined],
  )
  return found.rows
}

export interface Counted {
  readonly retrying: number
  readonly parked: number
  readonly calling: number
  readonly dead: number
  readonly timers: number
  readonly outbox: number
  readonly outboxOldestMs: number
  readonly timerLagMs: number
  readonly now: Date
}

/** How much waits, by kind, and for how long what should not. */
export async function countWaiting(pool: Pool): Promise<Counted> {
  const found = await pool.query(
    `select count(*) filter (where kind = 'retry') as retrying, count(*) filter (where kind = 'parked') as parked,
       count(*) filter (where kind = 'calling') as calling, count(*) filter (where kind = 'dead') as dead,
       count(*) filter (where kind = 'timer') as timers, (select count(*) from saga.outbox) as outbox,
       (select ${waitedMs('created_at')} from saga.outbox order by seq, n limit 1) as "outboxOldestMs",
       ${waitedMs("min(due_at) filter (where kind = 'timer' and due_at <= now())")} as "timerLagMs", now() as now
     from saga.waiting`,
  )
  const [row] = found.rows
  return { ...row, outboxOldestMs: row.outboxOldestMs ?? 0 }
}

/** A transaction that began after this one may have written it: never less than 0. */
const waitedMs = (since: string) => `(greatest(0, coalesce(extract(epoch from now() - ${since}), 0)) * 1000)::float8`
