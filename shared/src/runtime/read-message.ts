import type { Delivery, Origin } from '../core/delivery.ts'
import { textHeader } from '../core/headers.ts'
import { PermanentError } from '../errors.ts'
import type { Codec } from '../kafka/codec.ts'
import type { Message } from '../messages.ts'
import type { DueRow } from '../postgres/find-due.ts'
import type { ReactionDefinition } from '../reaction.ts'

/**
 * The message of a row that waits, or of its letter. Only after `prepare` of the codec with the same body.
 * @throws PermanentError undecodable, unknown-schema-id: its schema may have gone from the registry since it came
 */
export function readMessage(
  codec: Pick<Codec, 'decode'>,
  { trigger }: ReactionDefinition,
  { sagaId, body }: { readonly sagaId: string; readonly body: Buffer | null },
): Message {
  if (trigger.kind !== 'event')
    return { ...JSON.parse(body!.toString()), sagaId, type: trigger.type, kind: trigger.kind }
  const decoded = codec.decode(body)
  if (decoded.isRead) return decoded.event
  throw new PermanentError('undecodable', `the value is a ${decoded.fullName}, no ${trigger.schema.fullName}`)
}

/**
 * A row that is due, as its handler gets it. Its schema may have gone from the registry since it was parked: that is this
 * message's trouble, not its neighbours'.
 */
export function dueDelivery(
  codec: Pick<Codec, 'decode'>,
  reaction: ReactionDefinition,
  { id, sagaId, envelope, attempts, dueAtMs }: DueRow,
  as: { readonly probe?: true } = {},
): { readonly delivery: Delivery; readonly unreadable?: unknown } {
  const origin: Origin = { source: 'due', attempts, dueAtMs: dueAtMs!, ...as }
  const traceparent = textHeader(envelope.headers, 'traceparent')
  const known = { id, sagaId, reaction, envelope, traceparent, origin }
  try {
    return { delivery: { ...known, message: readMessage(codec, reaction, { sagaId, body: envelope.body }) } }
  } catch (unreadable) {
    const { type, kind } = reaction.trigger
    return { delivery: { ...known, message: { type, kind } }, unreadable }
  }
}
