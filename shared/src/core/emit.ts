import { PermanentError } from '../errors.ts'
import type { Message } from '../messages.ts'
import type { Decision } from './decision.ts'
import type { Delivery } from './delivery.ts'
import { eventId, timerId } from './ids.ts'
import type { OutboxRow } from './outbox-row.ts'
import { type Saga, untried } from './saga.ts'

type SetTimer = { readonly set: string; readonly delayMs: number; readonly data: object }
type CancelTimer = { readonly cancel: string }
type Item = Message | SetTimer | CancelTimer

/**
 * Publishes events, sets and cancels timers. Encodes everything before it keeps anything: a message is taken whole or not at all.
 * Gives the types of the events.
 * @throws PermanentError when something may not or cannot be emitted.
 */
export function emit(decision: Decision, saga: Saga, delivery: Delivery, out: readonly unknown[]): string[] {
  const { reaction } = delivery
  const rows: OutboxRow[] = []
  const published: string[] = []
  const apply: (() => void)[] = []
  for (const item of out as readonly Item[]) {
    const name = 'type' in item ? item.type : 'set' in item ? item.set : item.cancel
    const kind = 'type' in item ? 'event' : 'timer'
    const isNamed = (e: { readonly type: string; readonly kind: string }) => e.type === name && e.kind === kind
    const declared = reaction.emits.find(isNamed) ?? reaction.cancels.find(isNamed)
    if (!declared)
      throw new PermanentError(
        'undeclared-emission',
        `${reaction.step} on ${reaction.trigger.type} emits ${name}, which neither its \`emits\` nor its \`cancels\` names`,
      )
    if ('type' in item && declared.kind === 'event') {
      if ((item as unknown as Record<string, unknown>)[declared.schema.sagaField] !== saga.id)
        throw new PermanentError(
          'foreign-saga',
          `${reaction.step} emits ${name} for another saga: ${declared.schema.sagaField} must be ${saga.id}`,
        )
      rows.push(outboxRow(decision, saga, delivery, item, rows.length))
      published.push(name)
    } else if ('set' in item) apply.push(timerSetter(decision, saga, delivery, item))
    else if ('cancel' in item) apply.push(() => cancelTimer(decision, saga, delivery, item))
  }
  decision.outbox.push(...rows)
  for (const change of apply) change()
  return published
}

function outboxRow(decision: Decision, saga: Saga, delivery: Delivery, event: Message, index: number): OutboxRow {
  const { rules, loaded } = decision
  const meta = {
    id: eventId(saga.id, delivery.reaction, index),
    sagaId: saga.id,
    causationId: delivery.id,
    now: loaded.now,
    traceparent: delivery.traceparent,
  }
  const { topic, headers, body } = rules.encode(event, meta)
  return {
    sagaId: saga.id,
    topic,
    partition: rules.partitionOf(saga.id),
    key: Buffer.from(saga.id),
    headers,
    body,
  }
}

function timerSetter(
  decision: Decision,
  saga: Saga,
  delivery: Delivery,
  { set: name, delayMs, data }: SetTimer,
): () => void {
  const { rules, loaded } = decision
  const { service, longestTimerMs, timers } = rules
  if (!(delayMs <= longestTimerMs))
    throw new PermanentError(
      'timer-beyond-horizon',
      `${name} after ${delayMs} ms: the longest timer is ${longestTimerMs} ms; other services may have forgotten the saga by then`,
    )
  const body = Buffer.from(JSON.stringify(data))
  const dueAtMs = loaded.now.getTime() + delayMs
  return () => {
    const id = timerId(service, saga.id, name)
    // Set anew while the last firing is still unfinished, it would take that message's place: the firing stands.
    const standing = saga.waiting(id)?.kind
    if (id !== delivery.id && (standing === 'retry' || standing === 'calling' || standing === 'dead')) return
    const headers = delivery.traceparent ? { traceparent: delivery.traceparent } : {}
    saga.setWaiting({
      id,
      kind: 'timer',
      messageType: name,
      seq: loaded.seq,
      n: decision.nextN(),
      ...timers.get(name)!,
      dueAtMs,
      ...untried,
      envelope: { key: Buffer.from(saga.id), headers, body },
    })
  }
}

/** Rule 30: in either kind in which it has not run yet. */
function cancelTimer({ rules }: Decision, saga: Saga, delivery: Delivery, { cancel: name }: CancelTimer): void {
  const id = timerId(rules.service, saga.id, name)
  const kind = saga.waiting(id)?.kind
  if (id !== delivery.id && (kind === 'timer' || kind === 'parked')) saga.deleteWaiting(id)
}
