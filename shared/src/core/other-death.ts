import type { Act } from './act.ts'
import type { Decision } from './decision.ts'

/** Rule 19: the operator looked at one death, and the row tells of another. */
export function ofAnotherDeath(decision: Decision, act: Act, row: { readonly deaths: number }): void {
  const detail = `it has died ${row.deaths} times; the letter that was looked at is of death ${act.letter.deaths}`
  decision.acts(act, 'changed', { detail })
}
