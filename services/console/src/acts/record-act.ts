import type { Pool } from 'pg'
import type { Session } from '../access/session.ts'

/** Something that is done in the console. */
export interface OwnAct {
  readonly act: 'sign-in' | 'sign-out' | 'dry-run' | 'plan' | 'run' | 'pause' | 'cancel' | 'discard'
  /** Whose letter it is; the console's own matters are its own. */
  readonly service?: string
  /** Of the letter, or of the plan. */
  readonly id?: string
  readonly sagaId?: string | null
  readonly deaths?: number
  readonly plan?: string
  readonly reason?: string
  readonly forced?: boolean
}

/** Keeps who does what, before it is done: what cannot be kept is not done. */
export type RecordAct = (
  session: Session,
  act: OwnAct,
) => Promise<{ readonly ended: (outcome: string) => Promise<void> }>

export const recordActs =
  (pool: Pick<Pool, 'query'>): RecordAct =>
  async ({ operator, kind }, o) => {
    const {
      act,
      service = 'console',
      id = '',
      sagaId = null,
      deaths = null,
      plan = null,
      reason = null,
      forced = false,
    } = o
    const { rows } = await pool.query(
      `insert into acts (operator, session, act, service, id, saga_id, deaths, plan, reason, forced)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning seq`,
      [operator, kind, act, service, id, sagaId, deaths, plan, reason, forced],
    )
    return {
      async ended(outcome) {
        await pool.query('update acts set outcome = $2 where seq = $1', [rows[0].seq, outcome])
      },
    }
  }
