import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import {
  type Direction,
  type FinalStatus,
  type LogRow,
  type Saga,
  type Status,
  untried,
  type WaitingRow,
} from './saga.ts'

/** The row of a message with its bytes: its old place if it has one, else one at the end of its saga's queue. */
export function placed(decision: Decision, saga: Saga, delivery: Delivery): WaitingRow {
  const waiting = saga.waiting(delivery.id)
  // A timer joins the queue where it fires, not where it was set (rule 30).
  return !waiting || waiting.kind === 'timer'
    ? atTheEnd(decision, delivery)
    : { ...waiting, envelope: delivery.envelope }
}

function atTheEnd(decision: Decision, delivery: Delivery): WaitingRow {
  const { step, direction } = delivery.reaction
  return {
    id: delivery.id,
    kind: 'parked',
    messageType: delivery.message.type,
    seq: decision.loaded.seq,
    n: decision.nextN(),
    step,
    direction: direction as Direction,
    dueAtMs: null,
    ...untried,
    envelope: delivery.envelope,
  }
}

/** The fence row of a step whose message is not done: it keeps the message's fields for the operator. */
export function unfinishedStep(
  saga: Saga,
  delivery: Delivery,
  now: Pick<LogRow, 'errorCode' | 'attempts'> & { readonly status: Exclude<Status, FinalStatus> },
): LogRow {
  const { step } = delivery.reaction
  const direction = delivery.reaction.direction as Direction
  return {
    step,
    direction,
    status: now.status,
    messageId: delivery.id,
    messageType: delivery.message.type,
    body: delivery.message,
    errorCode: now.errorCode,
    attempts: now.attempts,
    endedIds: saga.fence(step, direction)?.endedIds ?? [],
  }
}

/** Rule 16: behind what is unfinished, with no due time: whoever clears the way sets one. */
export function park(decision: Decision, saga: Saga, delivery: Delivery): void {
  const waiting = saga.waiting(delivery.id)
  if (!waiting || waiting.kind === 'timer') saga.setWaiting(atTheEnd(decision, delivery))
  else saga.setWaiting({ ...waiting, dueAtMs: null })
  decision.done(delivery, 'parked')
}

/** Rule 16: only the head of a saga's queue is ever due, and whoever clears the way for it makes it so. */
export function wakeHead(decision: Decision, saga: Saga): void {
  const head = saga.unfinished()[0]
  if (!head || head.kind === 'dead' || head.dueAtMs !== null) return
  saga.setWaiting({ ...head, dueAtMs: decision.loaded.now.getTime() })
  decision.woke = true
}
