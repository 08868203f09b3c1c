/** What a step answered: an event and who published it, a request, or a timer of its own. */
export interface Cause {
  readonly what: string
  readonly from: string | null
}

/**
 * For messages that are no known event. Ids: `<service>/<METHOD path>/<principal>/<key>` of a command,
 * `<service>/<sagaId>/<timer>` of a timer.
 */
export function causeOf(messageId: string, messageType: string | null, sagaId: string): Cause {
  const request = /^[^/]+\/([A-Z]+ \/.*)\/[^/]+\/[^/]+$/.exec(messageId)?.[1]
  if (request !== undefined) return { what: request.replace(sagaId, '…'), from: null }
  const timer = messageId.split(`/${sagaId}/`)[1]
  if (timer !== undefined) return { what: `timer ${timer}`, from: null }
  return { what: messageType ?? messageId, from: null }
}
