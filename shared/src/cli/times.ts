import { durationMs } from '../settings.ts'

/** `2h` ago, or a moment: `2025-01-31`, `2025-01-31T12:00Z`. Undefined when it is neither. */
export function momentOf(text: string, now: Date): Date | undefined {
  const duration = durationMs.safeParse(text)
  if (duration.success) return new Date(now.getTime() - duration.data)
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return undefined
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const

/** Milliseconds in the largest unit that fits, rounded down: `3h`, `12s`, `40ms`. */
export function shortly(ms: number): string {
  const [unitMs, unit] = units.find(([size]) => Math.abs(ms) >= size) ?? [1, 'ms']
  return `${Math.trunc(ms / unitMs)}${unit}`
}

/** To the second, in UTC; to the millisecond for what follows close upon each other. */
export const second = (iso: string) => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')}Z`
export const millisecond = (iso: string) => new Date(iso).toISOString().slice(11, 23)
