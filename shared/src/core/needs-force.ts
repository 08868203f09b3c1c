import type { Rules } from './rules.ts'
import type { WaitingRow } from './saga.ts'

/** Why giving a message up could leave others waiting, or an effect in the world that nobody knows of (rule 20). */
export type NeedsForce = 'compensation' | 'call-in-doubt' | 'owes-answer'

export function needsForce(
  { direction, messageType, request }: Pick<WaitingRow, 'direction' | 'messageType' | 'request'>,
  { owesNothing }: Pick<Rules, 'owesNothing'>,
): NeedsForce | null {
  if (direction === 'compensation') return 'compensation'
  if (request) return 'call-in-doubt'
  // A type to which nothing reacts any more may have owed one.
  return owesNothing.has(messageType) ? null : 'owes-answer'
}
