import type { ReactionDefinition } from '../reaction.ts'

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Saga ids are UUIDv7 in lower case: their ranges are times, and one id has one spelling. */
export function isSagaId(text: string): boolean {
  return uuidV7.test(text)
}

/** When the saga began, in ms since 1970, read from its id. */
export function sagaBeganMs(sagaId: string): number {
  return Number.parseInt(sagaId.slice(0, 8) + sagaId.slice(9, 13), 16)
}

/** The lowest UUIDv7 of a moment: sagas that began before it sort below. */
export function firstSagaIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/** Derived, not drawn: doing a step again gives the same ids, so that readers recognise the copy. */
export function eventId(sagaId: string, { step, direction }: ReactionDefinition, n: number): string {
  return n === 0 ? `${sagaId}/${step}/${direction}` : `${sagaId}/${step}/${direction}/${n}`
}

/** The step that published an event of this id. Undefined for what `eventId` does not give. */
export function publisherIn(id: string, sagaId: string): { step: string; direction: string } | undefined {
  if (!id.startsWith(`${sagaId}/`)) return undefined
  const [step = '', direction] = id.slice(sagaId.length + 1).split('/')
  return direction === 'action' || direction === 'compensation' ? { step, direction } : undefined
}

export function timerId(service: string, sagaId: string, timerType: string): string {
  return `${service}/${sagaId}/${timerType}`
}
