import type { Discard } from './act.ts'
import type { Decision } from './decision.ts'
import { toLetterTopic } from './fail.ts'
import { marker } from './letter.ts'
import { type NeedsForce, needsForce } from './needs-force.ts'
import { ofAnotherDeath } from './other-death.ts'
import type { Saga } from './saga.ts'

/** Rule 20: a dead message is given up. Its step counts as having had no effect, and what waits behind it runs. */
export function discard(decision: Decision, saga: Saga, act: Discard): void {
  const { id, deaths } = act.letter
  const { rules } = decision
  const row = saga.waiting(id)
  if (!row) {
    const ended = saga.endedBy(id)
    if (ended) decision.acts(act, 'already', { detail: `its step ended ${ended.status}` })
    else decision.acts(act, 'unknown')
    return
  }
  if (row.kind !== 'dead')
    return decision.acts(act, 'changed', { detail: `it is not dead: it stands here as ${row.kind}` })
  if (row.deaths !== deaths && rules.safeguards.deathsGuard) return ofAnotherDeath(decision, act, row)
  const needed = rules.safeguards.discardNeedsForce ? needsForce(row, rules) : null
  if (needed && !act.force) return decision.acts(act, 'needs-force', { detail: because[needed] })

  saga.deleteWaiting(id)
  const { step, direction, messageType, errorCode, attempts } = row
  const endedIds = [...(saga.fence(step, direction)?.endedIds ?? []), id]
  saga.setFence({
    ...{ step, direction, status: 'discarded', messageId: id, messageType, body: null },
    ...{ errorCode, attempts, endedIds },
  })
  toLetterTopic(decision, saga.id, id, marker(id, row.deaths, 'discarded', Buffer.from(saga.id)))
  decision.acts(act, 'done', { ...row, forced: needed !== null })
}

const because: Record<NeedsForce, string> = {
  compensation: 'it is a compensation: what it should undo would stay as it is',
  'call-in-doubt': 'its outside call was begun and may have happened: nobody would ever undo it',
  'owes-answer': 'others may wait for the event that its step, or a timer that it sets, owes them',
}
