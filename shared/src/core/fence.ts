import type { Delivery } from './delivery.ts'
import type { Safeguards } from './safeguards.ts'
import type { LogRow, Saga, WaitingRow } from './saga.ts'

/** What the saga log and the queue say of a message, before its handler is asked. */
export type Verdict =
  | { readonly verdict: 'run' }
  /** A compensation whose action took no effect here and now never will. */
  | { readonly verdict: 'otherwise' }
  | { readonly verdict: 'park' }
  /** Done with, without running. */
  | { readonly verdict: 'end'; readonly outcome: 'duplicate' | 'superseded' | 'late' }
  /** Not this one's turn: another instance has taken the row, or moved it. Nothing changes. */
  | { readonly verdict: 'gone' }

/** Of a message that came when its saga may have been forgotten here. */
export const beyondHorizonCode = 'beyond-horizon'

const run: Verdict = { verdict: 'run' }
const otherwise: Verdict = { verdict: 'otherwise' }
const park: Verdict = { verdict: 'park' }
const gone: Verdict = { verdict: 'gone' }
const end = (outcome: 'duplicate' | 'superseded' | 'late'): Verdict => ({ verdict: 'end', outcome })

/** Rules 9 to 13, 16 and 30, for messages that are no commands. Changes nothing. */
export function judge(saga: Saga, delivery: Delivery, nowMs: number, on: Safeguards): Verdict {
  const { id, origin, reaction } = delivery
  const direction = reaction.direction as 'action' | 'compensation'
  const waiting = saga.waiting(id)

  if (origin.source === 'kafka' && waiting && on.fence) return end('duplicate')
  if (origin.source === 'due' && !isStillDue(waiting, origin, nowMs, on)) return gone
  // Rule 23: the result is written only if the attempt is still ours.
  if (origin.source === 'result' || origin.source === 'unbegun') {
    const isOurs = waiting?.kind === 'calling' && waiting.attempts === origin.attempts
    // A number comes again: a try that was given back is claimed anew under its own, and a replay begins with the first.
    const isOfAnother = waiting?.dueAtMs !== origin.dueAtMs
    if ((!isOurs || isOfAnother) && on.claims) return gone
  }

  const own = saga.fence(reaction.step, direction)
  if (own && on.fence) {
    const ended = endedBy(own, delivery, on)
    if (ended) return ended
  }
  const closing =
    direction === 'compensation' && on.emptyCompensation ? closedByCompensation(saga, reaction.step) : undefined
  if (on.parking) for (const row of saga.unfinished()) if (row.id !== closing && isAheadOf(waiting, row)) return park
  if (direction === 'action') return run
  return !on.emptyCompensation || saga.fence(reaction.step, 'action')?.status === 'succeeded' ? run : otherwise
}

/** All that is unfinished is ahead of a message that has no place in the queue yet. */
function isAheadOf(waiting: WaitingRow | undefined, row: WaitingRow): boolean {
  if (!waiting || waiting.kind === 'timer') return true
  return row.seq < waiting.seq || (row.seq === waiting.seq && row.n < waiting.n)
}

/** Rule 11: the row runs once for each try, at its time, wherever the instances read it. */
function isStillDue(
  row: WaitingRow | undefined,
  claim: { attempts: number; dueAtMs: number },
  nowMs: number,
  on: Safeguards,
): boolean {
  if (!row) return !on.timerFiresOnce
  if (!on.claims) return true
  return row.attempts === claim.attempts && row.dueAtMs === claim.dueAtMs && row.dueAtMs <= nowMs
}

/** Rules 9, 10 and 13. Undefined when the row lets the message through. */
function endedBy(row: LogRow, { id, origin }: Delivery, on: Safeguards): Verdict | undefined {
  if (row.endedIds.includes(id)) return end('duplicate')
  switch (row.status) {
    case 'skipped':
      // Only an action is ever skipped, by its compensation.
      return on.lateActions ? end('late') : undefined
    case 'succeeded':
    case 'rejected':
      return end(origin.source === 'due' && row.messageId !== id ? 'superseded' : 'duplicate')
    case 'refused':
    case 'discarded':
      return on.refusedBlocksOnlyItself ? undefined : end('duplicate')
    case 'failed':
    case 'calling':
    case 'dead':
      return undefined
  }
}

/**
 * Rule 12: the failed or dead action that a compensation of its step closes, so that it does not wait behind what it undoes.
 * A call that was begun is in doubt and cannot be closed: the compensation waits behind it (rule 23). So does one behind
 * an action whose first copy may have succeeded before it was forgotten (rule 34): only an operator can know.
 */
export function closedByCompensation(saga: Saga, step: string): string | undefined {
  const action = saga.fence(step, 'action')
  if (action?.status !== 'failed' && action?.status !== 'dead') return undefined
  if (action.errorCode === beyondHorizonCode) return undefined
  return saga.waiting(action.messageId)?.request ? undefined : action.messageId
}
