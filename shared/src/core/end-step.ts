import type { Outcome } from '../outcomes.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { emit } from './emit.ts'
import { fail } from './fail.ts'
import type { Direction, FinalStatus, Saga } from './saga.ts'
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
    endFence(decision, saga, delivery, 'refused', outcome.code, [...(before?.endedIds ?? []), delivery.id], [])
    return decision.done(delivery, trigger.kind === 'timer' ? 'stale_timer' : 'refused', { code: outcome.code })
  }
  let emitted: readonly string[]
  try {
    emitted = emit(decision, saga, delivery, outcome.out)
  } catch (error) {
    return fail(decision, saga, delivery, error)
  }
  views.keep()
  const code = outcome.outcome === 'rejected' ? outcome.code : undefined
  endFence(decision, saga, delivery, outcome.outcome, code ?? null, before?.endedIds ?? [], emitted)
  decision.done(delivery, outcome.outcome, { code })
}

export function endFence(
  decision: Decision,
  saga: Saga,
  delivery: Delivery,
  status: FinalStatus,
  errorCode: string | null,
  endedIds: readonly string[],
  emitted: readonly string[],
): void {
  const { step, direction } = delivery.reaction
  const waiting = saga.waiting(delivery.id)
  const attempts = waiting?.kind === 'calling' ? waiting.attempts : (waiting?.attempts ?? 0) + 1
  // A timer that its own handler has set anew stays; the one that fired is gone.
  const setAnew = waiting?.kind === 'timer' && waiting.seq === decision.loaded.seq
  if (waiting && !setAnew) saga.deleteWaiting(delivery.id)
  saga.setFence({
    step,
    direction: direction as Direction,
    status,
    messageId: delivery.id,
    messageType: delivery.message.type,
    body: null,
    errorCode,
    attempts,
    endedIds,
    emitted,
  })
}
