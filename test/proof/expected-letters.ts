import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import type { Fuzzed } from './fuzzed-record.ts'
import { eventTypesReadBy } from './readers.ts'

const readings = serviceNames.map(service => {
  const types = eventTypesReadBy(service).map(({ schema }) => schema)
  return {
    service,
    topics: new Set(types.map(({ topic }) => topic)),
    events: new Set(types.map(({ fullName }) => fullName)),
  }
})

/**
 * The services that must make a letter of the record: those that read its topic and cannot know it for somebody else's,
 * from the declarations alone. ce_type says whose it is; without it the schema does; without either it may be anybody's.
 */
export function owedBy({ topic, claims, is }: Fuzzed): ServiceName[] {
  const whose = claims ?? is
  return readings
    .filter(({ topics, events }) => topics.has(topic) && (whose === undefined || events.has(whose)))
    .map(({ service }) => service)
}
