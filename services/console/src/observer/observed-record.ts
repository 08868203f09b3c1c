import {
  type FetchedRecord,
  isSagaId,
  publisherIn,
  readHeaders,
  readTraceparent,
  sagaBeganMs,
  storableHeaders,
  textHeader,
} from 'saga-kit/observing'

export type Headers = ReturnType<typeof storableHeaders>
interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}
export interface EventRecord extends Place {
  readonly kind: 'event'
  readonly sagaId: string
  readonly id: string
  readonly source: string
  readonly service: string
  readonly type: string
  readonly at: Date
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  readonly causationId: string | null
  readonly traceId: string | null
  readonly headers: Headers
  readonly body: Buffer | null
}
export interface LetterRecord extends Place {
  readonly kind: 'letter'
  readonly service: string
  readonly id: string
  readonly sagaId: string | null
  /** `open`, or what the marker behind the letter says became of it. */
  readonly status: string
  readonly deaths: number
  readonly step: string | null
  readonly direction: 'action' | 'compensation' | null
  readonly messageType: string | null
  readonly errorCode: string
  readonly errorMessage: string
  readonly attempts: number
  readonly firstFailedAt: Date | null
  readonly diedAt: Date
}
/** What is no event of a saga and no letter: kept as it is. */
export interface ForeignRecord extends Place {
  readonly kind: 'foreign'
  readonly why: string
  readonly at: Date
  readonly key: Buffer | null
  readonly headers: Headers
  readonly body: Buffer | null
}
export type ObservedRecord = EventRecord | LetterRecord | ForeignRecord

/** An index holds them, and PostgreSQL's takes no more than 2,700 bytes. */
const longestId = 1_200
const dayMs = 86_400_000

/** A record of an event topic. Anybody may have written it. */
export function eventRecord(record: FetchedRecord, topicPrefix: string): EventRecord | ForeignRecord {
  const headers = storableHeaders(record.headers)
  const { id, source, type: fullName, time, causationId, traceparent } = readHeaders(record.headers)
  const sagaId = sagaIdOf(record)
  const foreign = (why: string) => foreignRecord(record, topicPrefix, why)
  if (id === undefined || source === undefined || fullName === undefined) return foreign('no-cloud-event')
  if (sagaId === null) return foreign('no-saga')
  if (id.length + source.length > longestId) return foreign('id-too-long')
  const by = publisherIn(id, sagaId)
  return {
    ...{ kind: 'event', ...placeOf(record, topicPrefix), sagaId, id, source, headers, body: record.value },
    service: source.replace(/^\//, ''),
    type: lastPart(fullName),
    at: storableTime(time) ?? timeOf(record),
    step: by?.step ?? null,
    direction: directionOf(by?.direction),
    causationId: causationId ?? null,
    traceId: (traceparent && readTraceparent(traceparent)?.traceId) || null,
  }
}

/** A record of a letter topic: a letter, or the marker that it is open no more. */
export function letterRecord(
  record: FetchedRecord,
  topicPrefix: string,
  service: string,
): LetterRecord | ForeignRecord {
  const headers = storableHeaders(record.headers)
  const text = (name: string) => textHeader(headers, name) ?? ''
  const [id, said] = [text('dlq-id'), text('dlq-status')]
  if (id === '' || said === '') return foreignRecord(record, topicPrefix, 'no-letter')
  if (id.length > longestId) return foreignRecord(record, topicPrefix, 'id-too-long')
  // A marker does not say whose it is: what is on a service's topic is about its letters, or nobody's.
  if (text('dlq-service') !== '' && text('dlq-service') !== service)
    return foreignRecord(record, topicPrefix, 'letter-of-another')
  const step = text('dlq-step') || null
  // What nobody could read has no step; its key is nobody's saga, and its markers have none.
  const isUnreadable = said === 'dead' && step === null
  // As its owner tells it, too. Letters of an earlier version do not: that of their record comes a little later.
  const diedAt = storableTime(new Date(text('dlq-died-at'))) ?? timeOf(record)
  return {
    ...{ kind: 'letter', ...placeOf(record, topicPrefix), service, id, step, diedAt },
    sagaId: isUnreadable ? null : sagaIdOf(record),
    status: said === 'dead' ? 'open' : said,
    deaths: wholeNumber(text('dlq-deaths')) ?? 1,
    direction: directionOf(text('dlq-direction')),
    messageType: lastPart(text('ce_type')) || null,
    errorCode: text('dlq-error-code').slice(0, 200),
    errorMessage: text('dlq-error-message'),
    attempts: wholeNumber(text('dlq-attempts')) ?? 0,
    firstFailedAt: storableTime(new Date(text('dlq-first-failed-at'))) ?? diedAt,
  }
}

export function foreignRecord(record: FetchedRecord, topicPrefix: string, why: string): ForeignRecord {
  const { key, value: body } = record
  const headers = storableHeaders(record.headers)
  return { kind: 'foreign', ...placeOf(record, topicPrefix), why, at: timeOf(record), key, headers, body }
}

const placeOf = ({ topic, partition, offset }: FetchedRecord, prefix: string): Place => ({
  ...{ topic: topic.slice(prefix.length), partition, offset: Number(offset) },
})

/** One that lies in the future would stand before all others for ever: it is nobody's. */
function sagaIdOf({ key }: FetchedRecord): string | null {
  const text = key?.toString() ?? ''
  return isSagaId(text) && sagaBeganMs(text) < Date.now() + dayMs ? text : null
}

const lastPart = (fullName: string) => fullName.slice(fullName.lastIndexOf('.') + 1)
const directionOf = (text: string | undefined) => (text === 'action' || text === 'compensation' ? text : null)
const wholeNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
const timeOf = ({ timestampMs }: FetchedRecord) => storableTime(new Date(timestampMs)) ?? new Date()
const [earliestMs, latestMs] = [Date.UTC(1990, 0, 1), Date.UTC(2190, 0, 1)]
const storableTime = (time: Date | undefined) =>
  time && time.getTime() > earliestMs && time.getTime() < latestMs ? time : undefined
