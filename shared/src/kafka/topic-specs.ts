import { mostHeaderBytes } from '../core/letter.ts'
import type { TopicSpec } from './topics.ts'

export const declarationsTopic = 'saga.declarations'
export const deadLetterTopic = (service: string): string => `${service}.dlq`
/** Twice the size of an event, or of a small one as much more as a letter's headers can be (rule 22). */
export const letterBytes = (eventBytes: number): number => Math.max(2 * eventBytes, eventBytes + mostHeaderBytes)

const dayMs = 24 * 60 * 60 * 1000

/**
 * The topics that a participant needs besides those it reads: its events, its dead letters, everybody's declarations.
 * @param o.eventsTopic without the prefix, like `order.events.v1`
 * @param o.prefix of the deployment (TOPIC_PREFIX), so that several can share a broker
 * @param o.partitions the same for all event topics: partition n of every topic goes to the same member
 * @param o.maxMessageBytes of an event; a letter may be larger (`letterBytes`)
 */
export function topicSpecs(o: {
  readonly service: string
  readonly eventsTopic: string
  readonly prefix?: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly maxMessageBytes?: number
  readonly retentionMs?: number
  readonly letterRetentionMs?: number
}): TopicSpec[] {
  const {
    service,
    eventsTopic,
    prefix = '',
    partitions,
    replicationFactor,
    maxMessageBytes = 1_048_588,
    retentionMs = 7 * dayMs,
    letterRetentionMs = 30 * dayMs,
  } = o
  const topic = (name: string, count: number, config: Record<string, string>): TopicSpec => ({
    name: prefix + name,
    partitions: count,
    replicationFactor,
    config: {
      // acks=all with 1 of 3 in sync is an acknowledgement that the loss of one broker takes back.
      'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
      'unclean.leader.election.enable': 'false',
      // A producer that compresses with a codec that a reader lacks stops it: the broker stores what everybody can read.
      'compression.type': 'uncompressed',
      ...config,
    },
  })
  return [
    topic(eventsTopic, partitions, {
      'cleanup.policy': 'delete',
      'retention.ms': String(retentionMs),
      'max.message.bytes': String(maxMessageBytes),
    }),
    topic(deadLetterTopic(service), partitions, {
      'cleanup.policy': 'delete',
      'retention.ms': String(letterRetentionMs),
      'max.message.bytes': String(letterBytes(maxMessageBytes)),
    }),
    topic(declarationsTopic, 1, { 'cleanup.policy': 'compact' }),
  ]
}
