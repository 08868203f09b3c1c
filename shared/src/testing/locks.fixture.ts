/** Makes races happen on purpose: a transaction is stopped where a test holds what it needs next. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Held {
  readonly client: pg.Client
  /** Commits, and lets go. */
  release(): Promise<void>
}

export async function hold(url: string, sql: string, values: unknown[] = []): Promise<Held> {
  const client = new pg.Client({ connectionString: url, application_name: 'holder' })
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  await client.query(sql, values)
  return {
    client,
    async release() {
      await client.query('commit')
      await client.end()
    },
  }
}

/** Resolves when so many connections of instances wait for a lock. */
export async function untilBlocked(pool: pg.Pool, connections: number): Promise<void> {
  await until(`${connections} connections wait for a lock`, async () => {
    const found = await pool.query(
      `select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'instance' and wait_event_type = 'Lock'`,
    )
    return found.rows[0].n >= connections
  })
}

/** Polls, since what is waited for happens in another process. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 10) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`still not so after 20 s: ${what}`)
}
