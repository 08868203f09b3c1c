import type { Pool } from 'pg'

/** For how long edges are kept by the minute: a day is what an alert looks back on. */
export const keepMinutesMs = 25 * 3_600_000

/** The minute that an event counts in: its own, but for one whose publisher's clock, or whose publisher, cannot be right. */
export function minuteOf(at: Date, now: Date): Date {
  const ms = Math.min(now.getTime(), Math.max(now.getTime() - keepMinutesMs, at.getTime()))
  return new Date(Math.floor(ms / 60_000) * 60_000)
}

/** Forgets minutes that nobody looks back on any more. */
export async function expireMinutes(pool: Pool): Promise<void> {
  for (const table of ['taken_edges', 'published_events'])
    await pool.query(`delete from ${table} where minute < now() - $1 * interval '1 ms'`, [keepMinutesMs])
}
