import type { Pool } from 'pg'

/** Sessions that were ended before they expired: a copy of their cookie is worth nothing any more. */
export interface EndedSessions {
  add(id: string, expiresAt: Date): Promise<void>
  has(id: string): Promise<boolean>
}

export const createEndedSessions = (pool: Pick<Pool, 'query'>): EndedSessions => ({
  async add(id, expiresAt) {
    await pool.query('insert into ended_sessions (id, expires_at) values ($1, $2) on conflict do nothing', [
      id,
      expiresAt,
    ])
    await pool.query('delete from ended_sessions where expires_at < now()')
  },
  async has(id) {
    const { rowCount } = await pool.query('select from ended_sessions where id = $1', [id])
    return rowCount !== 0
  },
})
