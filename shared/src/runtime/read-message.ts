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

/** What a row that is due holds. Its schema may have gone from the registry since it was parked: that is this message's trouble, not its neighbours'. */
export function readDue(
  codec: Pick<Codec, 'decode'>,
  reaction: ReactionDefinition,
  { sagaId, envelope: { body } }: DueRow,
): { readonly message: Message; readonly unreadable?: unknown } {
  try {
    return { message: readMessage(codec, reaction, { sagaId, body }) }
  } catch (unreadable) {
    const { type, kind } = reaction.trigger
    return { message: { type, kind }, unreadable }
  }
}
