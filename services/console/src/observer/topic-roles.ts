import type { Declared } from 'saga-kit/operating'
import { deadLetterTopic, declarationsTopic } from 'saga-kit/topics'
import type { TopicRole } from './record-batch.ts'

/** A topic that a service declares as its own, and that is another's. */
export interface Conflict {
  readonly service: string
  readonly topic: string
  readonly why: string
}
export interface TopicRoles {
  /** What is to be read, by the names that the brokers know. */
  readonly roles: ReadonlyMap<string, TopicRole>
  readonly conflicts: readonly Conflict[]
}

/** What is to be read: all that anybody declares to write or to read, and what they declare it on; and who claims what is another's. */
export function topicRoles(declared: readonly Declared[], topicPrefix: string): TopicRoles {
  const roles = new Map<string, TopicRole>()
  const { owners, conflicts } = letterTopics(declared)
  for (const [topic, service] of owners) roles.set(topicPrefix + topic, { carries: 'letters', service })
  for (const { service, topic } of declared) {
    if (topic === undefined) continue
    const whose = owners.get(topic)
    if (whose !== undefined) conflicts.push({ service, topic, why: `${whose} has its letters there, not events` })
    else roles.set(topicPrefix + topic, { carries: 'events', service })
  }
  // Of somebody who declares nothing: his events still belong to the sagas.
  for (const { topic } of declared.flatMap(({ reactions }) => reactions))
    if (topic !== undefined && !roles.has(topicPrefix + topic))
      roles.set(topicPrefix + topic, { carries: 'events', service: '' })
  // Last: who declares this topic as his own must not keep us from reading what he, or anybody, declares next.
  roles.set(topicPrefix + declarationsTopic, { carries: 'declarations', service: '' })
  return { roles, conflicts }
}

/**
 * Whose letters a topic holds. Anybody may declare anything, so that a topic which is named after a service is its own; any
 * other is its who alone claims it, and nobody has events there.
 */
function letterTopics(declared: readonly Declared[]) {
  const owners = new Map<string, string>()
  const conflicts: Conflict[] = []
  const named = new Map(declared.map(({ service }) => [deadLetterTopic(service), service]))
  const events = new Map(declared.flatMap(({ service, topic }) => (topic === undefined ? [] : [[topic, service]])))
  for (const [topic, claims] of Map.groupBy(declared, ({ letterTopic }) => letterTopic)) {
    const [first, ...others] = claims.map(({ service }) => service) as [string, ...string[]]
    const isFree = others.length === 0 && !events.has(topic) && topic !== declarationsTopic
    const owner = named.get(topic) ?? (isFree ? first : undefined)
    if (owner !== undefined) owners.set(topic, owner)
    const why = whyNot(owner ?? events.get(topic))
    for (const service of [first, ...others]) if (service !== owner) conflicts.push({ service, topic, why })
  }
  return { owners, conflicts }
}

const whyNot = (whose: string | undefined) =>
  whose === undefined ? 'it is not its alone' : `it is the topic of ${whose}`
