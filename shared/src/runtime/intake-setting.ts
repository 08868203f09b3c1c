import { StartError } from '../errors.ts'
import type { KitSettings } from './kit-settings.ts'

export interface Taken {
  /** With the prefix. */
  readonly topics: readonly string[]
  /** Retries, and what stands behind them. */
  readonly due: boolean
  readonly timers: boolean
}

/**
 * What INTAKE lets in. In a database that was restored from a copy, a timer may be due that a message has cancelled since,
 * and a compensation may be read before its action unless the actions' topic is read first.
 * @param read all topics of the participant, with the prefix
 * @throws StartError `intake-topic`
 */
export function takenBy({ intake, topicPrefix }: KitSettings, read: readonly string[]): Taken {
  if (intake === 'all') return { topics: read, due: true, timers: true }
  const topics = intake.map(topic => topicPrefix + topic)
  const unknown = topics.find(topic => !read.includes(topic))
  if (unknown !== undefined)
    throw new StartError(
      'intake-topic',
      `INTAKE names ${unknown.slice(topicPrefix.length)}, which this participant does not read; it reads ${read.map(topic => topic.slice(topicPrefix.length)).join(', ')}`,
    )
  return { topics, due: topics.length > 0, timers: false }
}
