/**
 * What a participant did, as spans. Names and attributes are those of OpenTelemetry's conventions for messaging and Kafka
 * (https://opentelemetry.io/docs/specs/semconv/messaging/kafka/); `saga.*` are ours. Nothing of OpenTelemetry is needed
 * here: the same facts that are counted and logged are told once more.
 */
import { randomBytes } from 'node:crypto'
import type { Decided, StepOutcome } from '../core/decision.ts'
import { readTraceparent, type TraceContext } from '../core/trace-context.ts'
import type { OutboundRecord } from '../kafka/publish.ts'
import { stepSpanId, traceIdOf } from './span-ids.ts'

export interface Span {
  readonly name: string
  readonly kind: 'server' | 'internal' | 'producer' | 'consumer'
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** Of the wall clock. */
  readonly startMs: number
  readonly endMs: number
  /** Why it did not do its work. */
  readonly error: string | undefined
  readonly attributes: Readonly<Record<string, string | number>>
}

export interface SpanContext {
  readonly service: string
  readonly group: string
  readonly topicPrefix: string
  readonly partitionOf: (sagaId: string) => number
  /** Whether the trace is among those that are sent: asked before anything is made of it. */
  readonly keeps: (traceId: string) => boolean
}
type Attributes = Record<string, string | number>

/** Those that may publish: their events name this span as the one that they come from. */
const mayPublish: ReadonlySet<StepOutcome> = new Set(['succeeded', 'rejected', 'accepted'])

/** One try of a message at its step, from when it was taken until its commit. Local commands are no part of a saga. */
export function stepSpan(
  { service, group, topicPrefix, partitionOf, keeps }: SpanContext,
  { delivery, outcome, code, error, attempts }: Decided,
  startMs: number,
  endMs: number,
): Span | undefined {
  const { id, sagaId, reaction, traceparent } = delivery
  const { step, direction, trigger } = reaction
  if (sagaId === '' || outcome === 'gone') return undefined
  const from = traceparent === undefined ? undefined : readTraceparent(traceparent)
  const traceId = from?.traceId ?? traceIdOf(sagaId)
  if (!isSampled(from) || !keeps(traceId)) return undefined

  const isEvent = trigger.kind === 'event'
  const topic = isEvent ? topicPrefix + trigger.schema.topic : ''
  const attributes = isEvent ? messaging('process', topic, partitionOf(sagaId), id, sagaId) : { 'saga.id': sagaId }
  if (isEvent) attributes['messaging.consumer.group.name'] = group
  attributes['saga.step'] = step
  attributes['saga.direction'] = direction
  attributes['saga.outcome'] = outcome
  if (attempts !== undefined) attributes['saga.attempts'] = attempts
  const failed = outcome === 'failed' || outcome === 'dead'
  if (code !== undefined) attributes[failed ? 'error.type' : 'saga.code'] = code
  return {
    name: isEvent ? `process ${topic}` : step,
    kind: isEvent ? 'consumer' : trigger.kind === 'command' ? 'server' : 'internal',
    traceId,
    spanId: mayPublish.has(outcome) ? stepSpanId(service, id, `${step}/${direction}`) : randomBytes(8).toString('hex'),
    parentSpanId: from?.spanId,
    startMs,
    endMs,
    error: failed ? (error instanceof Error ? error.message : (code ?? outcome)) : undefined,
    attributes,
  }
}

/** An event's way through the outbox: from its transaction until Kafka has acknowledged it. Letters are no part of it. */
export function sendSpan(
  { service, keeps }: SpanContext,
  { topic, partition, value, headers }: OutboundRecord,
  endMs: number,
): Span | undefined {
  const itself = readTraceparent(textOf(headers, 'traceparent') ?? '')
  const [id, sagaId] = [textOf(headers, 'ce_id'), textOf(headers, 'ce_subject')]
  if (itself === undefined || id === undefined || sagaId === undefined || 'dlq-id' in headers) return undefined
  if (!isSampled(itself) || !keeps(itself.traceId)) return undefined

  const because = textOf(headers, 'ce_causationid')
  // `<saga>/<step>/<direction>[/<n>]`
  const [, step, direction] = id.split('/')
  // The database's clock, and ours.
  const beganMs = Math.min(Date.parse(textOf(headers, 'ce_time') ?? ''), endMs)
  const attributes = messaging('send', topic, partition, id, sagaId)
  if (value !== null) attributes['messaging.message.body.size'] = value.length
  return {
    name: `send ${topic}`,
    kind: 'producer',
    traceId: itself.traceId,
    spanId: itself.spanId,
    parentSpanId: because === undefined ? undefined : stepSpanId(service, because, `${step}/${direction}`),
    startMs: Number.isNaN(beganMs) ? endMs : beganMs,
    endMs,
    error: undefined,
    attributes,
  }
}

const textOf = (headers: OutboundRecord['headers'], name: string) => headers[name]?.toString()

/** The caller of the first command may not want its trace recorded. */
const isSampled = (context: TraceContext | undefined) =>
  context === undefined || (Number.parseInt(context.flags, 16) & 1) === 1

function messaging(
  operation: 'process' | 'send',
  topic: string,
  partition: number,
  id: string,
  sagaId: string,
): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.message.id': id,
    'messaging.message.conversation_id': sagaId,
    'saga.id': sagaId,
  }
}
