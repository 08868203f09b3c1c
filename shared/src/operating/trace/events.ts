import type { SagaState } from '../../admin/contract.ts'
import { publisherIn } from '../../core/ids.ts'
import type { Declared, DeclaredReaction } from '../declarations.ts'

/** An event of the saga that its publisher's log names, or somebody's reaction to it. */
export interface Published {
  readonly id: string
  readonly type: string
  readonly service: string
  readonly topic: string | undefined
  /** Null when its publisher does not answer: then only its readers prove it. */
  readonly at: string | null
  /** Committed, and not known to have left the publisher. */
  readonly unpublished: boolean
}

/** All events of a saga that are known, by id. */
export function publishedIn(
  sagaId: string,
  declared: readonly Declared[],
  states: readonly SagaState[],
): Map<string, Published> {
  const events = new Map<string, Published>()
  const topicOf = (service: string) => declared.find(each => each.service === service)?.topic
  for (const { service, log, unpublished } of states) {
    const waiting = new Set(unpublished.map(({ id }) => id))
    for (const { step, direction, emitted, updatedAt } of log)
      emitted.forEach((type, n) => {
        // As core/ids.ts derives it.
        const id = `${sagaId}/${step}/${direction}${n === 0 ? '' : `/${n}`}`
        events.set(id, { id, type, service, topic: topicOf(service), at: updatedAt, unpublished: waiting.has(id) })
      })
  }
  for (const { log, waiting } of states)
    for (const { messageId, messageType } of [...log, ...waiting.map(w => ({ ...w, messageId: w.id }))]) {
      const by = publisherIn(messageId, sagaId)
      if (!by || messageType === null || events.has(messageId)) continue
      const isBy = (reaction: DeclaredReaction) => reaction.step === by.step && reaction.direction === by.direction
      const publisher = declared.find(({ reactions }) => reactions.some(isBy))
      if (!publisher) continue
      const { service, topic } = publisher
      events.set(messageId, { id: messageId, type: messageType, service, topic, at: null, unpublished: false })
    }
  return events
}
