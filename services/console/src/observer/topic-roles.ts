import type { Declared } from 'saga-kit/operating'
import { declarationsTopic } from 'saga-kit/topics'
import type { TopicRole } from './record-batch.ts'

/** What is to be read, by the names that the brokers know: all that anybody declares to write or to read, and what they declare it on. */
export function topicRoles(declared: readonly Declared[], topicPrefix: string): Map<string, TopicRole> {
  const roles = new Map<string, TopicRole>()
  for (const { service, topic, letterTopic, reactions } of declared) {
    if (topic !== undefined) roles.set(topicPrefix + topic, { carries: 'events', service })
    roles.set(topicPrefix + letterTopic, { carries: 'letters', service })
    // Of somebody who declares nothing: his events still belong to the sagas.
    for (const { topic: read } of reactions)
      if (read !== undefined && !roles.has(topicPrefix + read))
        roles.set(topicPrefix + read, { carries: 'events', service: '' })
  }
  // Last: who declares this topic as his own must not keep us from reading what he, or anybody, declares next.
  return roles.set(topicPrefix + declarationsTopic, { carries: 'declarations', service: '' })
}
