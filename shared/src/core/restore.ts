import type { Restore } from './act.ts'
import { closeAction } from './close-action.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { toLetterTopic } from './fail.ts'
import { judge } from './fence.ts'
import { marker } from './letter.ts'
import { placed } from './queue.ts'
import type { Direction, Saga } from './saga.ts'

/**
 * Rule 19: the replay of a letter whose row is gone, as after the database was restored from an older copy. The message
 * comes from the topic, at the end of its saga's queue, unless fence or queue know of it.
 */
export function restore(decision: Decision, saga: Saga, act: Restore): void {
  const { letter, read } = act
  const standing = saga.waiting(letter.id)
  if (standing?.kind === 'dead') return decision.acts(act, 'changed', { detail: 'it stands dead here; look again' })
  if (standing) return decision.acts(act, 'already', { detail: `it stands here as ${standing.kind}` })
  if (!saga.exists)
    return decision.acts(act, 'beyond-horizon', {
      detail: `its saga began more than ${decision.rules.horizonMs} ms ago and is unknown here: that it was done may have been forgotten`,
    })
  if (!read) return decision.acts(act, 'unreadable', { detail: 'nothing here reacts to it any more' })
  const delivery: Delivery = { ...read, origin: { source: 'kafka' } }
  const verdict = judge(saga, delivery, decision.loaded.now.getTime(), decision.rules.safeguards)
  if (verdict.verdict === 'end') return decision.acts(act, 'already', { detail: `it would end as ${verdict.outcome}` })

  // As any message that comes behind others: it may wait for the very action that it closes (rule 12).
  const direction = delivery.reaction.direction as Direction
  if (direction === 'compensation' && decision.rules.safeguards.emptyCompensation)
    closeAction(decision, saga, delivery, false)
  saga.setWaiting({ ...placed(decision, saga, delivery), deaths: letter.deaths, request: act.request })
  toLetterTopic(decision, saga.id, letter.id, marker(letter.id, letter.deaths, 'replayed', Buffer.from(saga.id)))
  decision.acts(act, 'done', { step: delivery.reaction.step, direction })
}
