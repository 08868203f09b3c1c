/**
 * CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers named `ce_...`, the value is the data as
 * it is, and `content-type` is the attribute datacontenttype.
 * https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
import { readTraceparent } from '../core/trace-context.ts'
import type { FetchedRecord } from './fetched.ts'

/**
 * The value is Avro behind Confluent's five bytes. Not `application/avro`, which would promise bare Avro, and it must not
 * begin with `application/cloudevents`: by that a reader tells structured mode from binary.
 */
export const CONTENT_TYPE = 'application/vnd.apache.avro+confluent'

export interface EventAttributes {
  readonly id: string
  /** The service that publishes: `balance` becomes the source `/balance`. */
  readonly service: string
  /** The full name of the schema, e.g. `shop.balance.BalanceDeducted`. */
  readonly type: string
  readonly time: Date
  readonly sagaId: string
  /** The id of the message reacted to; none for what a command began. */
  readonly causationId?: string | undefined
  /** W3C trace context. Under its own name, not `ce_traceparent`, since that is where tracing libraries look. */
  readonly traceparent?: string | undefined
}

/** As strings, so that they can wait in the outbox as JSON. */
export function writeHeaders(event: EventAttributes): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: `/${event.service}`,
    ce_type: event.type,
    ce_time: textOf(event.time),
    ce_subject: event.sagaId,
    ce_correlationid: event.sagaId,
    'content-type': CONTENT_TYPE,
  }
  if (event.causationId !== undefined) headers.ce_causationid = event.causationId
  if (event.traceparent !== undefined) headers.traceparent = event.traceparent
  return headers
}

/** Events of one transaction have one time, and to write it costs more than all else here. */
let written = { ms: Number.NaN, text: '' }
function textOf(time: Date): string {
  const ms = time.getTime()
  if (ms !== written.ms) written = { ms, text: time.toISOString() }
  return written.text
}

/** As Kafka clients hand them over: a header may be missing, null, repeated, text or bytes. */
export type RecordHeaders = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>
type HeaderValue = string | Uint8Array | null

/** What could be read. Anything may be missing: whether that matters is for the reader of each attribute to say. */
export interface ReadAttributes {
  readonly id: string | undefined
  /** With its slash: `/balance`. */
  readonly source: string | undefined
  readonly type: string | undefined
  readonly time: Date | undefined
  readonly subject: string | undefined
  readonly correlationId: string | undefined
  readonly causationId: string | undefined
  readonly traceparent: string | undefined
}

/** Reads the headers of a record that anybody may have written. Never throws. */
export function readHeaders(headers: RecordHeaders | undefined): ReadAttributes {
  return {
    id: text(headers?.ce_id),
    source: text(headers?.ce_source),
    type: text(headers?.ce_type),
    time: instant(text(headers?.ce_time)),
    subject: text(headers?.ce_subject),
    correlationId: text(headers?.ce_correlationid),
    causationId: text(headers?.ce_causationid),
    traceparent: trace(text(headers?.traceparent)),
  }
}

/** One of the headers, whose name is ASCII, and where the record can do it no other. Never throws. */
export function readHeader(record: WithHeaders, name: string): string | undefined {
  return text(record.header ? record.header(name) : record.headers[name])
}

export const traceparentOf = (record: WithHeaders): string | undefined => trace(readHeader(record, 'traceparent'))

type WithHeaders = Pick<FetchedRecord, 'headers' | 'header'>

const trace = (value: string | undefined) => (value !== undefined && readTraceparent(value) ? value : undefined)

/** The first usable value. NUL makes it unusable: PostgreSQL stores none in text, so one such header would fail a whole batch. */
function text(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    for (const one of value) {
      const found = Array.isArray(one) ? undefined : text(one)
      if (found !== undefined) return found
    }
    return undefined
  }
  const found = value instanceof Uint8Array ? buffer(value).toString() : value
  return typeof found === 'string' && found !== '' && !found.includes('\0') ? found : undefined
}

const buffer = (bytes: Uint8Array) =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

function instant(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}
