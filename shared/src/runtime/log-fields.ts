import type { Delivery, Undeliverable } from '../core/delivery.ts'
import { isSagaId } from '../core/ids.ts'
import type { OutboundRecord } from '../kafka/publish.ts'
import { hidden, isAlwaysHidden } from './redact.ts'

/** What each line about a message has, so that a saga is followed by its id, through all services, with grep alone. */
export interface SagaFields {
  readonly saga_id?: string | undefined
  readonly event_id: string
  readonly step?: string | undefined
}

export function fieldsOf(delivery: Delivery): SagaFields {
  const { sagaId, reaction } = delivery
  return { saga_id: sagaId || undefined, event_id: idOf(delivery), step: reaction.step }
}

/** A command's id has the path of its request in it, which may name a customer. */
function idOf({ id, message, origin }: Delivery): string {
  if (origin.source !== 'command') return id
  let text = id
  for (const [field, value] of Object.entries(message))
    if (typeof value === 'string' && isAlwaysHidden(field))
      text = text.replaceAll(`/${encodeURIComponent(value)}/`, `/${hidden}/`)
  return text
}

/** Nobody could read the record, but its key may say whose saga it was meant for. */
export function fieldsOfUnreadable({ id, envelope }: Undeliverable): SagaFields {
  const key = envelope.key?.toString() ?? ''
  return { ...(isSagaId(key) && { saga_id: key }), event_id: id }
}

/** Of a record on its way out: an event's id names the saga and the step, a letter's headers the step. */
export function fieldsOfRecord({ key, headers }: Pick<OutboundRecord, 'key' | 'headers'>): SagaFields {
  const text = (name: string) => headers?.[name]?.toString()
  const eventId = text('ce_id') ?? ''
  const step = text('dlq-step') ?? eventId.split('/')[1]
  const sagaId = String(key)
  return { ...(isSagaId(sagaId) && { saga_id: sagaId }), event_id: eventId, ...(step !== undefined && { step }) }
}
