import type { Headers } from '../core/delivery.ts'
import { storableHeaders, textHeader } from '../core/headers.ts'
import { createKafka } from '../kafka/client.ts'
import type { FetchedRecord } from '../kafka/fetched.ts'
import { NoSuchTopic, readTopic } from '../kafka/read-topic.ts'
import { deadLetterTopic } from '../kafka/topic-specs.ts'
import type { FoundLetter } from './letters.ts'
import { OperatingError } from './operating-error.ts'
import type { Participants } from './participants.ts'
import type { Reach } from './reach.ts'

/** A letter with its bytes, from which its owner can restore it (rule 19). */
export interface TopicLetter extends FoundLetter {
  readonly keyBase64: string | null
  readonly headers: Headers
  readonly bodyBase64: string | null
}

/** The open letters on the topics of these services that are wanted. @throws OperatingError when Kafka cannot be read */
export async function readTopicLetters(
  { brokers, topicPrefix }: Pick<Reach, 'brokers' | 'topicPrefix'>,
  participants: Pick<Participants, 'declared'>,
  services: readonly string[],
  isWanted: (letter: TopicLetter) => boolean,
): Promise<TopicLetter[]> {
  if (brokers === undefined)
    throw new OperatingError('wrong-request', '--from-topic needs brokers: give --brokers or KAFKA_BROKERS')
  const kafka = createKafka({ clientId: 'saga', brokers })
  const declared = new Map(participants.declared.map(({ service, letterTopic }) => [service, letterTopic]))
  const letters: TopicLetter[] = []
  for (const service of services) {
    const topic = topicPrefix + (declared.get(service) ?? deadLetterTopic(service))
    try {
      letters.push(...(await openLetters(service, readTopic(kafka, topic), isWanted)))
    } catch (error) {
      if (error instanceof NoSuchTopic)
        throw new OperatingError('wrong-request', `${error.message}: is the topic prefix right?`)
      throw new OperatingError('unreachable', `${topic} cannot be read: ${(error as Error).message}`)
    }
  }
  return letters
}

/**
 * Rule 18: a letter is open if the last record with its id is a letter. Its records share a partition, so they come in order.
 * Holds no more than what is open and wanted: a topic keeps letters for ever.
 */
export async function openLetters(
  service: string,
  records: AsyncIterable<FetchedRecord>,
  isWanted: (letter: TopicLetter) => boolean,
): Promise<TopicLetter[]> {
  const open = new Map<string, TopicLetter>()
  for await (const record of records) {
    const headers = storableHeaders(record.headers)
    const id = textHeader(headers, 'dlq-id')
    // Somebody else's record: no letter of ours.
    if (id === undefined) continue
    const isLetter = textHeader(headers, 'dlq-status') === 'dead'
    const letter = isLetter ? letterOf(service, id, record, headers) : undefined
    // Ids are their senders': two sagas may bring the same. That of a record that nobody could read is ours, and its
    // markers have no key.
    const saga = letter ? letter.sagaId : record.key?.toString()
    const place = `${saga ?? ''} ${id}`
    if (letter && isWanted(letter)) open.set(place, letter)
    else open.delete(place)
  }
  return [...open.values()]
}

function letterOf(service: string, id: string, record: FetchedRecord, headers: Headers): TopicLetter {
  const text = (name: string) => textHeader(headers, name) ?? ''
  // Nobody could read it (rule 21), so its key is nobody's saga either.
  const step = text('dlq-step') || null
  // Letters of an earlier version do not tell: that of their record comes a little later.
  const diedAt = text('dlq-died-at') || new Date(record.timestampMs).toISOString()
  const fullName = text('ce_type')
  return {
    ...{ service: text('dlq-service') || service, id, step, diedAt, parkedBehind: null },
    sagaId: step === null ? null : (record.key?.toString() ?? null),
    direction: directionOf(text('dlq-direction')),
    messageType: fullName.slice(fullName.lastIndexOf('.') + 1) || null,
    errorCode: text('dlq-error-code'),
    errorMessage: text('dlq-error-message'),
    deaths: Number(text('dlq-deaths')) || 1,
    attempts: Number(text('dlq-attempts')) || 0,
    firstFailedAt: text('dlq-first-failed-at') || diedAt,
    headers,
    keyBase64: record.key?.toString('base64') ?? null,
    bodyBase64: record.value?.toString('base64') ?? null,
  }
}

const directionOf = (text: string) => (text === 'action' || text === 'compensation' ? text : null)
