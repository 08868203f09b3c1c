import type { SagaEvent } from './saga-events.ts'

export interface SagaLog {
  /** Takes the events, in the order in which they are to be told. */
  add(events: readonly SagaEvent[]): void
  /** The saga that the request with this Idempotency-Key begins is to be told under the name. */
  expect(key: string, name: string): void
  nameOf(sagaId: string): string
  /** The first event of the saga that is so, told already or soon. @throws Error when there is none in time */
  heard(sagaId: string, isIt: (event: SagaEvent) => boolean, withinMs: number, signal: AbortSignal): Promise<SagaEvent>
}

/** Of how many sagas the events are kept for `heard`. */
const mostSagas = 1_000

/** Tells events as they come, and remembers them for those who wait for one. */
export function sagaLog(tell: (event: SagaEvent) => void): SagaLog {
  const bySaga = new Map<string, SagaEvent[]>()
  const names = new Map<string, string>()
  const nameByKey = new Map<string, string>()
  const waiting = new Set<() => void>()

  return {
    add(events) {
      for (const event of events) {
        // The event may be here before the answer to the request, but it names the request as its cause.
        const name = nameByKey.get(event.causationId?.split('/').at(-1) ?? '')
        if (name !== undefined) names.set(event.sagaId, name)
        tell(event)
        bySaga.set(event.sagaId, [...(bySaga.get(event.sagaId) ?? []), event])
        if (bySaga.size > mostSagas) bySaga.delete(bySaga.keys().next().value!)
      }
      for (const look of waiting) look()
    },
    expect: (key, name) => void nameByKey.set(key, name),
    nameOf: sagaId => names.get(sagaId) ?? `…${sagaId.slice(-12)}`,
    heard(sagaId, isIt, withinMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<SagaEvent>()
      const look = () => {
        const found = bySaga.get(sagaId)?.find(isIt)
        if (found) resolve(found)
      }
      const abort = () => reject(signal.reason)
      const timer = setTimeout(
        () => reject(new Error(`the topics did not tell what was waited for within ${withinMs} ms`)),
        withinMs,
      )
      waiting.add(look)
      signal.addEventListener('abort', abort, { once: true })
      look()
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(look)
        signal.removeEventListener('abort', abort)
      })
    },
  }
}
