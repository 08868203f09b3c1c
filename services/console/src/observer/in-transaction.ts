import type { Pool, PoolClient } from 'pg'
import { troubleOf } from 'saga-kit/parts'
import { MadeByAnother } from './save-sagas.ts'

const mostTries = 10

/**
 * All or nothing; again when another transaction was in the way. A commit whose answer is lost may have happened: what is
 * done here must bear being done twice.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let triesLeft = mostTries; ; triesLeft--) {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const done = await work(client)
      await client.query('commit')
      return done
    } catch (error) {
      await client.query('rollback').catch(failure => {
        broken = failure
      })
      const isInTheWay = error instanceof MadeByAnother || troubleOf(error).kind === 'again'
      if (!isInTheWay || triesLeft === 0) throw error
    } finally {
      client.release(broken)
    }
  }
}
