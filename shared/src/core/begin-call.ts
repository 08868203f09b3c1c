import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { placed, unfinishedStep } from './queue.ts'
import type { Saga } from './saga.ts'

/** Rule 23: the intent commits before the call begins, with the moment from which the call counts as lost. */
export function beginCall(decision: Decision, saga: Saga, delivery: Delivery, request: unknown): void {
  const { handler } = delivery.reaction
  if (handler.form !== 'effect') throw new Error('unreachable: only effects call')
  const place = placed(decision, saga, delivery)
  const attempts = place.attempts + 1
  const dueAtMs = decision.loaded.now.getTime() + handler.timeoutMs + decision.rules.callGraceMs
  saga.setWaiting({ ...place, kind: 'calling', attempts, dueAtMs, request: { value: request } })
  saga.setFence(unfinishedStep(saga, delivery, { status: 'calling', errorCode: null, attempts }))
  decision.calls.push({ delivery, request, attempts, dueAtMs, inDoubt: place.request !== null })
  decision.done(delivery, 'calling', { attempts })
}
