import type { SeenEvent } from './seen-saga.ts'
import type { Operation, Taken } from './taken.ts'

/** Far more than any choreography has. */
const mostNames = 2_000
const unknown = '?'

export interface KnownNames {
  ofEdge(taken: Taken): Taken
  ofEvent(event: SeenEvent): SeenEvent
}

/**
 * Names of services, steps and types come from headers that anybody may have written, and each makes rows and series: what
 * is no name, and all beyond so many, is one. Since the process began, which is often enough.
 */
export function knownNames(most = mostNames): KnownNames {
  const known = new Set<string>()
  function name(text: string): string {
    if (text === '' || known.has(text)) return text
    if (known.size >= most || !/^[\w.-]{1,100}$/.test(text)) return unknown
    known.add(text)
    return text
  }
  const operation = ({ service, step, direction }: Operation): Operation => ({
    ...{ service: name(service), step: name(step), direction },
  })
  return {
    ofEdge: taken => ({
      ...taken,
      message: name(taken.message),
      from: taken.from && operation(taken.from),
      to: operation(taken.to),
    }),
    ofEvent: event => ({
      ...event,
      ...{ service: name(event.service), type: name(event.type), step: event.step && name(event.step) },
    }),
  }
}
