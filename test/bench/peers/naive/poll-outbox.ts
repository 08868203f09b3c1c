import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

const most = 500
const pauseMs = 10

/** Sends what is in the outbox, in its order, and deletes what was acknowledged; looks again after 10 ms when it is empty. */
export function pollOutbox(
  pool: pg.Pool,
  send: (messages: { key: string; value: string }[]) => Promise<unknown>,
): void {
  const poll = async (): Promise<number> => {
    const { rows } = await pool.query<{ id: string; key: string; value: string }>({
      name: 'poll',
      text: `select id, key, value from outbox order by id limit ${most}`,
    })
    if (rows.length === 0) return 0
    await send(rows.map(({ key, value }) => ({ key, value })))
    await pool.query({
      name: 'sent',
      text: 'delete from outbox where id = any($1)',
      values: [rows.map(({ id }) => id)],
    })
    return rows.length
  }
  void (async () => {
    for (;;) {
      const sent = await poll().catch(error => {
        console.error(error)
        return 0
      })
      if (sent < most) await sleep(pauseMs)
    }
  })()
}
