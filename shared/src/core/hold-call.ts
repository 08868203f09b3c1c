import type { Decision } from './decision.ts'
import type { Delivery, Hold, Origin } from './delivery.ts'
import { fail } from './fail.ts'
import { placed, unfinishedStep } from './queue.ts'
import type { Saga } from './saga.ts'

/**
 * Rule 23: a call that could not begin costs no try. Its message is due at once, so that whoever reaches the target may
 * take it; the process that does not reach it leaves it alone until it does.
 */
export function holdCall(decision: Decision, saga: Saga, delivery: Delivery, { code, message }: Hold): void {
  const { origin } = delivery
  const place = placed(decision, saga, delivery)
  // The try was counted when the call was to begin. A call that was begun earlier and lost keeps its own.
  const attempts = origin.source === 'unbegun' ? place.attempts - 1 : place.attempts
  // What has never begun leaves no doubt: a compensation need not wait for it (rule 12).
  const inDoubt = origin.source !== 'unbegun' || origin.inDoubt
  saga.setWaiting({
    ...place,
    kind: 'retry',
    attempts,
    dueAtMs: decision.loaded.now.getTime(),
    request: inDoubt ? place.request : null,
    errorCode: code,
    errorMessage: message,
  })
  saga.setFence(unfinishedStep(saga, delivery, { status: 'failed', errorCode: code, attempts }))
  decision.done(delivery, 'held', { code, attempts })
}

/**
 * Rule 23: others of its step reach their target, and it never does: else it would go round for ever. What has never begun
 * leaves no doubt, dead or not.
 */
export function failUnbegun(
  decision: Decision,
  saga: Saga,
  delivery: Delivery,
  { inDoubt, error }: Extract<Origin, { source: 'unbegun' }>,
): void {
  const place = placed(decision, saga, delivery)
  saga.setWaiting({ ...place, request: inDoubt ? place.request : null })
  fail(decision, saga, delivery, error)
}
