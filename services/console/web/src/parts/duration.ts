const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/** `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`: as exact as a reader needs it. */
export function duration(ms: number): string {
  const size = Math.abs(ms)
  if (size < 1_000) return `${Math.round(size)} ms`
  if (size < 10_000) return `${(size / 1_000).toFixed(1).replace('.0', '')} s`
  if (size < 60_000) return `${Math.round(size / 1_000)} s`
  const at = units.findIndex(unit => size >= unit.ms)
  const [large, small] = [units[at]!, units[at + 1]!]
  const whole = Math.floor(size / large.ms)
  const rest = Math.floor((size % large.ms) / small.ms)
  return rest === 0 ? `${whole} ${large.name}` : `${whole} ${large.name} ${rest} ${small.name}`
}
