/** For how long edges are kept by the minute: a day is what an alert looks back on. */
export const keepMinutesMs = 25 * 3_600_000

/** The minute that an event counts in: its own, but for one whose publisher's clock, or whose publisher, cannot be right. */
export function minuteOf(at: Date, now: Date): Date {
  const ms = Math.min(now.getTime(), Math.max(now.getTime() - keepMinutesMs, at.getTime()))
  return new Date(Math.floor(ms / 60_000) * 60_000)
}
