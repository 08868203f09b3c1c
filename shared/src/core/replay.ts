import type { Replay } from './act.ts'
import type { Decision } from './decision.ts'
import { toLetterTopic } from './fail.ts'
import { marker } from './letter.ts'
import { ofAnotherDeath } from './other-death.ts'
import type { Saga } from './saga.ts'

/**
 * Rule 19: a dead message is tried again, in its old place and with all its tries. `deaths` names the death that the
 * operator looked at: a repeat changes nothing, and what has died anew is not replayed unseen.
 */
export function replay(decision: Decision, saga: Saga, act: Replay): void {
  const { id, deaths } = act.letter
  const row = saga.waiting(id)
  if (row?.kind !== 'dead') {
    const ended = saga.endedBy(id)
    if (row) decision.acts(act, 'already', { detail: `it stands here as ${row.kind}` })
    else if (ended) decision.acts(act, 'already', { detail: `its step ended ${ended.status}` })
    else decision.acts(act, 'unknown')
    return
  }
  if (row.deaths !== deaths && decision.rules.safeguards.deathsGuard) return ofAnotherDeath(decision, act, row)

  // Nobody would ever take it: it would be neither tried nor dead, and could no longer be discarded.
  if (!decision.rules.reactsTo.has(row.messageType))
    return decision.acts(act, 'unreadable', { detail: 'nothing here reacts to it any more' })

  // No due time: whoever clears the way gives it one, at once if it is the head of its queue (rule 16).
  saga.setWaiting({ ...row, kind: 'retry', attempts: 0, dueAtMs: null })
  const fence = saga.fence(row.step, row.direction)
  if (fence?.messageId === id) saga.setFence({ ...fence, status: 'failed', attempts: 0 })
  toLetterTopic(decision, saga.id, id, marker(id, row.deaths, 'replayed', Buffer.from(saga.id)))
  decision.acts(act, 'done', row)
}
