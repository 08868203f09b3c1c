import { hash } from 'node:crypto'

/** An event's span is derived from its id: whoever publishes it, and however often, it is the same, and its readers know it. */
export const eventSpanId = (eventId: string): string => hash('sha1', eventId).slice(0, 16)

/**
 * The span of the step that ended with its work done, derived too: the event's headers say what it reacted to, so that the
 * process that publishes it in the place of one that died finds the parent.
 */
export function stepSpanId(service: string, messageId: string, operation: string): string {
  return hash('sha1', `${service} ${messageId} ${operation}`).slice(0, 16)
}

/** W3C: a saga that came without a trace has one that is named by its id, so that all services agree on it. */
export const traceIdOf = (sagaId: string): string => sagaId.replaceAll('-', '')
