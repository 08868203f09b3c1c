import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { firstSagaIdAt, sagaBeganMs } from '../../../shared/src/core/ids.ts'

/**
 * Orders that are committed and not yet settled, asked of the database again and again: by the primary key, over the range
 * of ids from the oldest of them. Ids are UUIDv7, and orders end about in the order in which they came, so that the range is
 * about as long as there are orders under way.
 */
export interface UnderWay {
  readonly backendPid: number
  stop(): Promise<void>
}

/** Ids of so many milliseconds before the oldest are looked at too: their transaction may commit later. */
const marginMs = 100
const leastPauseMs = 10

/** @param seen is told how many there are, with the moment at which the question was asked (performance.now) */
export async function watchUnderWay(
  databaseUrl: string,
  seen: (count: number, askedAtMs: number) => void,
): Promise<UnderWay> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'bench-load' })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  let stopped = false
  let floor = firstSagaIdAt(Date.now())

  const watching = (async () => {
    while (!stopped) {
      const [askedAtMs, nowMs] = [performance.now(), Date.now()]
      const { rows } = await client.query({
        name: 'under-way',
        text: `select count(*)::int as count, min(order_id::text) as oldest from orders
               where order_id >= $1 and not settled`,
        values: [floor],
      })
      const { count, oldest } = rows[0] as { count: number; oldest: string | null }
      floor = firstSagaIdAt((oldest === null ? nowMs : sagaBeganMs(oldest)) - marginMs)
      seen(count, askedAtMs)
      // Never more than a sixth of a core, however long the range becomes.
      await sleep(Math.max(leastPauseMs, 5 * (performance.now() - askedAtMs)))
    }
    await client.end()
  })()
  return {
    backendPid: rows[0]!.pid,
    async stop() {
      stopped = true
      await watching
    },
  }
}
