import type { Pool, PoolClient } from 'pg'

/** Runs reads that all see the same moment. They hold no lock, but keep what is deleted meanwhile from being cleaned up. */
export async function inSnapshot<T>(pool: Pool, read: (tx: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const found = await read(client)
    await client.query('commit')
    return found
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}
