import type { ServiceName } from '../../infra/shop/topics.ts'
import type { EventType } from '../../shared/src/messages.ts'
import { participants } from '../e2e/participants.ts'

/** The events to which a service reacts, as it declares. */
export const eventTypesReadBy = (service: ServiceName): EventType<any>[] =>
  participants[service].reactions.flatMap(({ trigger }) =>
    trigger.kind === 'event' ? [trigger as EventType<any>] : [],
  )
