import type { EventMeta, Rules } from '../core/rules.ts'
import { everySafeguard, type Safeguards } from '../core/safeguards.ts'
import type { Direction } from '../core/saga.ts'
import { readTraceparent } from '../core/trace-context.ts'
import { PermanentError } from '../errors.ts'
import { writeHeaders } from '../kafka/cloudevents.ts'
import type { Codec } from '../kafka/codec.ts'
import { partitionOf } from '../kafka/partition.ts'
import { deadLetterTopic } from '../kafka/topic-specs.ts'
import type { EventType } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { eventSpanId, traceIdOf } from '../tracing/span-ids.ts'
import type { Horizon } from './horizon.ts'
import type { KitSettings } from './kit-settings.ts'

/** Framing of a batch with one record (61 bytes, and lengths), generously. */
const framingBytes = 200
const callGraceMs = 5_000

export function createRules(o: {
  participant: Participant
  kit: Pick<
    KitSettings,
    'retryMaxAttempts' | 'retryBaseDelayMs' | 'retryMaxDelayMs' | 'topicPrefix' | 'topicPartitions' | 'sagaImages'
  >
  own: unknown
  codec: Codec
  horizon: Horizon
  /** max.message.bytes of the events topic. */
  maxMessageBytes: number
  safeguards?: Partial<Safeguards>
}): Rules {
  const { participant, kit, codec } = o
  const events = new Map(publishedBy(participant).map(type => [type.type, type]))
  const safeguards = { ...everySafeguard, ...o.safeguards }
  return {
    service: participant.service,
    timers: new Map(
      participant.reactions
        .filter(r => r.trigger.kind === 'timer')
        .map(r => [r.trigger.type, { step: r.step, direction: r.direction as Direction }]),
    ),
    reactsTo: new Set(participant.reactions.map(r => r.trigger.type)),
    owesNothing: new Set(participant.reactions.filter(r => r.emits.length === 0).map(r => r.trigger.type)),
    settings: o.own,
    retry: { maxAttempts: kit.retryMaxAttempts, baseDelayMs: kit.retryBaseDelayMs, maxDelayMs: kit.retryMaxDelayMs },
    ...o.horizon,
    callGraceMs,
    letterTopic: kit.topicPrefix + deadLetterTopic(participant.service),
    keepsImages: kit.sagaImages === 'on',
    safeguards,
    partitionOf: key => partitionOf(key, kit.topicPartitions),
    encode(event, meta) {
      const type = events.get(event.type)!
      const body = codec.encode(event, type)
      const headers = writeHeaders({
        id: meta.id,
        service: participant.service,
        type: type.schema.fullName,
        time: meta.now,
        sagaId: meta.sagaId,
        causationId: meta.causationId,
        traceparent: traceOf(meta),
      })
      const besideHeaders = framingBytes + meta.sagaId.length + body.length
      // Counted only of those that may be too large: to count costs more than to write the headers.
      const mayBeTooLarge = besideHeaders + bytesOf(headers, mostBytes) > o.maxMessageBytes
      const bytes = mayBeTooLarge ? besideHeaders + bytesOf(headers, Buffer.byteLength) : 0
      if (bytes > o.maxMessageBytes && safeguards.sizeCheck)
        throw new PermanentError(
          'event-too-large',
          `${event.type} has ${bytes} bytes with its headers; its topic takes ${o.maxMessageBytes} (max.message.bytes)`,
        )
      return { topic: kit.topicPrefix + type.schema.topic, body, headers }
    },
  }
}

function bytesOf(headers: Readonly<Record<string, string>>, ofText: (text: string) => number): number {
  let bytes = 0
  for (const name in headers) bytes += name.length + ofText(headers[name]!) + 4
  return bytes
}

/** In UTF-8. */
const mostBytes = (text: string) => 3 * text.length

export function publishedBy({ reactions }: Participant): EventType<any>[] {
  return [...new Set(reactions.flatMap(r => r.emits).filter(e => e.kind === 'event'))]
}
export function readBy({ reactions }: Participant): EventType<any>[] {
  return reactions.flatMap(r => (r.trigger.kind === 'event' ? [r.trigger] : []))
}

/** The event's place in its trace. */
function traceOf({ id, sagaId, traceparent }: EventMeta): string {
  const { traceId, flags } = readTraceparent(traceparent ?? '') ?? { traceId: traceIdOf(sagaId), flags: '01' }
  return `00-${traceId}-${eventSpanId(id)}-${flags}`
}
