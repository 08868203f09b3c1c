import type { ClaimIs } from './settings.ts'

export type Claims = Readonly<Record<string, unknown>>

/** A claim by its path; a name that has dots itself is found as it is. */
function claimAt(claims: Claims, path: readonly string[]): unknown {
  const whole = claims[path.join('.')]
  if (whole !== undefined) return whole
  return path.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? (found as Claims)[name] : undefined),
    claims,
  )
}

/** Whether the claim is this value, or a list that has it. */
export const hasClaim = (claims: Claims, { path, value }: ClaimIs): boolean =>
  [claimAt(claims, path)].flat().includes(value)

/**
 * The operator's name as visible ASCII of at most 100 characters, since it travels in a header: what is not is
 * percent-encoded, so that two names stay two. Undefined when the claim is no text.
 */
export function operatorIn(claims: Claims, claim: string): string | undefined {
  const name = claimAt(claims, claim.split('.'))
  if (typeof name !== 'string' || name.trim() === '') return undefined
  const ascii = name
    .trim()
    .toWellFormed()
    .replace(/[^\x20-\x24\x26-\x7e]/gu, character => encodeURIComponent(character))
  return ascii.length <= 100 ? ascii : undefined
}
