import type { SeenEvent } from './seen-saga.ts'

/** A step in one direction; `step` is empty where the event's id does not name it. */
export interface Operation {
  readonly service: string
  readonly step: string
  readonly direction: 'action' | 'compensation'
}
/** That a step answered a message: an edge of the choreography, as it was taken once. */
export interface Taken {
  readonly kind: 'event' | 'timer' | 'command'
  /** The type of the event or timer; empty for a request, which says only by its path what it asks. */
  readonly message: string
  /** Who published the event; null for timers and requests. */
  readonly from: Operation | null
  readonly to: Operation
  /** From the event to the answer, by the times of their transactions; null for timers and requests. */
  readonly latencyMs: number | null
  readonly at: Date
}

/**
 * The edges that new events of a saga prove, each once however the topics bring them: an answer may be seen before what it
 * answers, and counts when the later of the two is new.
 */
export function takenIn(sagaId: string, events: readonly SeenEvent[], isNew: (event: SeenEvent) => boolean): Taken[] {
  const byId = new Map(events.map(event => [event.id, event]))
  return events.filter(isFirstOfItsStep(sagaId)).flatMap(answer => {
    const cause = causeOf(sagaId, answer.causationId)
    const from = cause.kind === 'event' ? byId.get(cause.message) : undefined
    if (cause.kind === 'event' && !from) return []
    if (!isNew(answer) && !(from && isNew(from))) return []
    return [
      {
        kind: cause.kind,
        message: from?.type ?? cause.message,
        from: from ? operationOf(from) : null,
        to: operationOf(answer),
        // Two services have two clocks.
        latencyMs: from ? Math.max(0, answer.at.getTime() - from.at.getTime()) : null,
        at: answer.at,
      },
    ]
  })
}

/** A step that publishes several events has answered once. */
const isFirstOfItsStep = (sagaId: string) => (event: SeenEvent) =>
  event.step === null || event.id === `${sagaId}/${event.step}/${event.direction}`

/** Message ids: an event's begins with its saga; a request's has its method, and may have the saga in its path; a timer's has the saga behind its service. */
function causeOf(sagaId: string, causationId: string | null): Pick<Taken, 'kind' | 'message'> {
  if (causationId?.startsWith(`${sagaId}/`)) return { kind: 'event', message: causationId }
  const isRequest = causationId === null || /^[^/]+\/[A-Z]+ \//.test(causationId)
  const timer = isRequest ? undefined : causationId.split(`/${sagaId}/`)[1]
  return timer === undefined ? { kind: 'command', message: '' } : { kind: 'timer', message: timer }
}

const operationOf = ({ service, step, direction }: SeenEvent): Operation => ({
  ...{ service, step: step ?? '', direction: direction ?? 'action' },
})
