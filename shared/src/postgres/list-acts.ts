import type { ClientBase, Pool } from 'pg'

/** An operator's act as it was written down. */
export interface StoredAct {
  readonly at: Date
  readonly operator: string
  readonly act: 'replay' | 'restore' | 'discard'
  readonly plan: string | null
  readonly sagaId: string | null
  readonly id: string
  readonly deaths: number
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  readonly errorCode: string | null
  readonly reason: string | null
  readonly forced: boolean
  readonly place: readonly [seq: number, n: number]
}

const columns = `at, operator, act, plan, saga_id as "sagaId", letter_id as id, deaths, step, direction, error_code as "errorCode",
  reason, forced, json_build_array(seq, n) as place`

/** The oldest first; at most `limit`. */
export async function listActs(
  pool: Pool,
  o: { readonly after?: StoredAct['place'] | undefined; readonly limit: number },
): Promise<StoredAct[]> {
  const [seq, n] = o.after ?? [-1, -1]
  const found = await pool.query(
    `select ${columns} from saga.operator_acts where (seq, n) > ($1::bigint, $2::int) order by seq, n limit $3`,
    [seq, n, o.limit],
  )
  return found.rows
}

export async function listActsOf(db: Pool | ClientBase, sagaId: string): Promise<StoredAct[]> {
  const found = await db.query(`select ${columns} from saga.operator_acts where saga_id = $1::uuid order by seq, n`, [
    sagaId,
  ])
  return found.rows
}
