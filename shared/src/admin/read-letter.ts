import type { Delivery, Envelope } from '../core/delivery.ts'
import { recordHeaders, textHeader } from '../core/headers.ts'
import { timerId } from '../core/ids.ts'
import type { FetchedRecord } from '../kafka/consume.ts'
import type { Participant } from '../participant.ts'
import type { Intake } from '../runtime/intake.ts'
import { readMessage } from '../runtime/read-message.ts'

/** What a letter holds, read anew. `read` is undefined when the message is nobody's here. */
export type ReadLetter = { readonly read: Delivery | undefined } | { readonly problem: string }

/**
 * A letter as the message that it was before it died: of the service's own timers by their body, of everything else as a
 * record that comes from its topic.
 * @throws RegistryUnavailable
 */
export async function readLetter(
  { participant, intake }: { readonly participant: Participant; readonly intake: Pick<Intake, 'read'> },
  { id, sagaId, envelope }: { readonly id: string; readonly sagaId: string | null; readonly envelope: Envelope },
): Promise<ReadLetter> {
  const topic = textHeader(envelope.headers, 'kafka_dlt-original-topic')
  if (topic === undefined) return readTimer(participant, id, sagaId, envelope)
  const place = ['partition', 'offset'].map(name => textHeader(envelope.headers, `kafka_dlt-original-${name}`) ?? '')
  const [partition = '', offset = ''] = place
  if (!place.every(part => /^\d{1,18}$/.test(part)))
    return { problem: 'its headers do not say where in the topic it stood' }
  const record: FetchedRecord = {
    ...{ topic, partition: Number(partition), offset: BigInt(offset), timestampMs: 0 },
    ...{ key: envelope.key, value: envelope.body, headers: withoutOurs(recordHeaders(envelope.headers)) },
  }
  const [item] = await intake.read([record])
  if (!item) return { read: undefined }
  if ('undeliverable' in item) return { problem: `${item.undeliverable.code}: ${item.undeliverable.problem}` }
  if (!('delivery' in item)) return { read: undefined }
  const isIt = sagaId === null || (item.delivery.id === id && item.delivery.sagaId === sagaId)
  return isIt ? { read: item.delivery } : { problem: `it holds ${item.delivery.id} of saga ${item.delivery.sagaId}` }
}

function readTimer(participant: Participant, id: string, sagaId: string | null, envelope: Envelope): ReadLetter {
  const reaction = participant.reactions.find(
    ({ trigger }) => trigger.kind === 'timer' && timerId(participant.service, sagaId ?? '', trigger.type) === id,
  )
  if (!reaction || sagaId === null) return { problem: 'its headers do not say from which topic it came' }
  const { key, body } = envelope
  try {
    const message = readMessage({ decode: unreachable }, reaction, { sagaId, body })
    const headers = withoutOurs(envelope.headers)
    const traceparent = textHeader(headers, 'traceparent')
    const read: Delivery = {
      ...{ id, sagaId, reaction, message, envelope: { key, headers, body }, traceparent },
      origin: { source: 'kafka' },
    }
    return { read }
  } catch {
    return { problem: 'its value is not the JSON of a timer' }
  }
}

const unreachable = () => {
  throw new Error('unreachable: a timer has no schema')
}

/** Those that the letter, or whoever read the record first, had added. */
function withoutOurs<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(dlq-|kafka_dlt-original-)/.test(name)))
}
