import type { Pool } from 'pg'
import { AdminRefusal, OperatingError, Silence } from 'saga-kit/operating'
import { Problem } from 'saga-kit/parts'
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

/**
 * Keeps who does what, before it is done, and then how it came out: what cannot be kept is not done.
 * @param toldBy says how it came out of what `work` gives; `done` without it
 */
export type RecordAct = <T>(
  session: Session,
  act: OwnAct,
  work: () => Promise<T>,
  toldBy?: (result: T) => string,
) => Promise<T>

export const recordActs =
  (pool: Pick<Pool, 'query'>): RecordAct =>
  async (session, act, work, toldBy = () => 'done') => {
    const seq = await begun(pool, session, act)
    const ended = (outcome: string) => pool.query('update acts set outcome = $2 where seq = $1', [seq, outcome])
    try {
      const result = await work()
      await ended(toldBy(result))
      return result
    } catch (error) {
      // What failed in a way that nobody foresaw keeps its outcome unknown.
      if (isSaid(error)) await ended(`refused: ${error.message}`)
      throw error
    }
  }

async function begun(pool: Pick<Pool, 'query'>, { operator, kind }: Session, o: OwnAct): Promise<string> {
  const { act, service = 'console', id = '', sagaId = null, deaths = null, plan = null, reason = null } = o
  const { rows } = await pool.query(
    `insert into acts (operator, session, act, service, id, saga_id, deaths, plan, reason, forced)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning seq`,
    [operator, kind, act, service, id, sagaId, deaths, plan, reason, o.forced ?? false],
  )
  return rows[0].seq
}

const isSaid = (error: unknown): error is Error =>
  [OperatingError, AdminRefusal, Silence, Problem].some(kind => error instanceof kind)
