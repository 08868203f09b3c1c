import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { toLetterTopic } from './fail.ts'
import { closedByCompensation } from './fence.ts'
import { marker } from './letter.ts'
import type { Saga } from './saga.ts'

/**
 * Rule 12: what a compensation does to its action's row. It stands even if the compensation's own handler then fails.
 * `runsNow` is false while messages are ahead of it: one of them may be the action, which then runs first.
 */
export function closeAction(decision: Decision, saga: Saga, delivery: Delivery, runsNow: boolean): void {
  const { step } = delivery.reaction
  const action = saga.fence(step, 'action')
  const closing = closedByCompensation(saga, step)
  const closed = closing ? saga.waiting(closing) : undefined
  if (closed) {
    saga.deleteWaiting(closed.id)
    if (closed.kind === 'dead')
      toLetterTopic(decision, saga.id, closed.id, marker(closed.id, closed.deaths, 'closed', Buffer.from(saga.id)))
  }
  const leftNothing = !action || action.status === 'refused' || action.status === 'discarded'
  if (closing !== undefined || (runsNow && leftNothing))
    saga.setFence({
      step,
      direction: 'action',
      status: 'skipped',
      messageId: action?.messageId ?? delivery.id,
      messageType: action?.messageType ?? delivery.message.type,
      body: null,
      errorCode: action?.errorCode ?? null,
      attempts: action?.attempts ?? 0,
      endedIds: action?.endedIds ?? [],
    })
}
