/** What an event id says: `<sagaId>/<step>/<direction>[/<n>]` (docs/protocol.md, "Message id"). */
export function stepOf(eventId: string, sagaId: string): string {
  const [step = '?', direction] = eventId.slice(sagaId.length + 1).split('/')
  return direction === 'compensation' ? `undo ${step}` : step
}

/**
 * What was reacted to, for people: the type of an event that was seen, the request that a command came as, or a timer.
 * Ids: an event's; `<service>/<method path>/<principal>/<key>` of a command; `<service>/<sagaId>/<timer>`.
 */
export function causeOf(
  { causationId, sagaId }: { readonly causationId: string | undefined; readonly sagaId: string },
  typeOf: (eventId: string) => string | undefined,
): string {
  if (causationId === undefined) return ''
  const seen = typeOf(causationId)
  if (seen !== undefined) return seen
  if (causationId.startsWith(`${sagaId}/`)) return stepOf(causationId, sagaId)

  const request = /^[^/]+\/([A-Z]+ \/.*)\/[^/]+\/[^/]+$/.exec(causationId)?.[1]
  if (request !== undefined) return request.replace(sagaId, '…')
  const timer = causationId.split(`/${sagaId}/`)[1]
  return timer === undefined ? causationId : `timer ${timer}`
}
