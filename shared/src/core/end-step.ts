import type { Outcome } from '../outcomes.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { emit } from './emit.ts'
import { fail } from './fail.ts'
import type { Image } from './images.ts'
import type { Direction, FinalStatus, LogRow, Saga } from './saga.ts'
import type { OpenViews } from './views.ts'

/** The handler has said how the step ends: that is written, or the message fails whole. */
export function endStep(
  decision: Decision,
  saga: Saga,
  delivery: Delivery,
  outcome: Outcome<unknown>,
  views: OpenViews,
): void {
  const { step, trigger } = delivery.reaction
  const before = saga.fence(step, delivery.reaction.direction as Direction)
  if (outcome.outcome === 'refused') {
    const endedIds = [...(before?.endedIds ?? []), delivery.id]
    endFence(decision, saga, delivery, { status: 'refused', errorCode: outcome.code, endedIds })
    return decision.done(delivery, trigger.kind === 'timer' ? 'stale_timer' : 'refused', { code: outcome.code })
  }
  let emitted: readonly string[]
  try {
    emitted = emit(decision, saga, delivery, outcome.out)
  } catch (error) {
    return fail(decision, saga, delivery, error)
  }
  const code = outcome.outcome === 'rejected' ? outcome.code : undefined
  endFence(decision, saga, delivery, {
    status: outcome.outcome,
    errorCode: code ?? null,
    endedIds: before?.endedIds ?? [],
    emitted,
    images: imagesOf(decision, saga, views),
  })
  views.keep()
  decision.done(delivery, outcome.outcome, { code })
}

/** What the step changes of the rows that are the saga's alone: what it shares with others (stock, accounts) changes with each of them. */
export function imagesOf(decision: Decision, saga: Saga, views: OpenViews): Image[] {
  const { rules, loaded } = decision
  if (!rules.keepsImages) return []
  return views
    .changesOf(saga.id)
    .map(({ table, before, after }) => ({ table, at: [loaded.seq, decision.nextN()], before, after }))
}

export function endFence(
  decision: Decision,
  saga: Saga,
  delivery: Delivery,
  end: Pick<LogRow, 'errorCode' | 'endedIds' | 'emitted' | 'images'> & { readonly status: FinalStatus },
): void {
  const { step, direction } = delivery.reaction
  const { status, errorCode, endedIds, emitted, images } = end
  const waiting = saga.waiting(delivery.id)
  const attempts = waiting?.kind === 'calling' ? waiting.attempts : (waiting?.attempts ?? 0) + 1
  // A timer that its own handler has set anew stays; the one that fired is gone.
  const setAnew = waiting?.kind === 'timer' && waiting.seq === decision.loaded.seq
  if (waiting && !setAnew) saga.deleteWaiting(delivery.id)
  saga.setFence({
    step,
    direction: direction as Direction,
    messageId: delivery.id,
    messageType: delivery.message.type,
    body: null,
    attempts,
    status,
    errorCode,
    endedIds,
    emitted,
    images,
  })
}
