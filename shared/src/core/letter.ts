import type { Envelope, Headers } from './delivery.ts'
import { textHeader } from './headers.ts'
import type { WaitingRow } from './saga.ts'

/** What a letter tells besides the message itself. */
export interface Death {
  readonly letterId: string
  readonly deaths: number
  readonly service: string
  readonly step: string
  readonly direction: string
  readonly errorCode: string
  readonly errorMessage: string
  readonly errorStack?: string
  readonly attempts: number
  readonly firstFailedAt: string
  /** As its row has it: the letter's record is published later. */
  readonly diedAt: string
  /** Of a call that was begun and may have happened (rule 23). */
  readonly request?: WaitingRow['request']
}

/** In UTF-16 units, of which one is three bytes at most. */
const longestText = 2_000
const longestStackBytes = 4_096
/** A request that is longer is left out; that there was one is not. */
const longestRequestBytes = 65_536
/** The letter's id, which is a message's and has a kilobyte at most, the names of topic, service and step, and those of the headers. */
const mostIdsBytes = 4_096
/** What headers of ours add to a message at most: the letter topic takes as much more than the event topics (rule 22). */
export const mostHeaderBytes = longestRequestBytes + longestStackBytes + 3 * longestText + mostIdsBytes

/** The dead message with its cause: key and value as they came, dlq-* headers added. */
export function letter(envelope: Envelope, death: Death): Envelope {
  // A sender's own would be taken for what we asked of the outside.
  const { 'dlq-request': _, ...headers } = envelope.headers
  return {
    key: envelope.key,
    body: envelope.body,
    headers: {
      ...headers,
      'dlq-id': death.letterId,
      'dlq-deaths': String(death.deaths),
      'dlq-status': 'dead',
      'dlq-service': death.service,
      'dlq-step': death.step,
      'dlq-direction': death.direction,
      'dlq-error-code': death.errorCode,
      'dlq-error-message': death.errorMessage.slice(0, longestText),
      ...(death.errorStack !== undefined && { 'dlq-error-stack': firstBytes(death.errorStack, longestStackBytes) }),
      'dlq-attempts': String(death.attempts),
      'dlq-first-failed-at': death.firstFailedAt,
      'dlq-died-at': death.diedAt,
      ...(death.request && { 'dlq-request': requestText(death.request) }),
    },
  }
}

function requestText(request: NonNullable<WaitingRow['request']>): string {
  const text = JSON.stringify(request)
  return Buffer.byteLength(text) <= longestRequestBytes ? text : ''
}

/** What the call asked that the letter says was begun: null when none was. Undefined when one was, and the letter does not hold it. */
export function requestOf(headers: Headers): WaitingRow['request'] | undefined {
  if (!('dlq-request' in headers)) return null
  try {
    const { value } = JSON.parse(textHeader(headers, 'dlq-request') ?? '') as { value: unknown }
    return { value }
  } catch {
    return undefined
  }
}

/** Says that a letter is open no more. A letter is open if the last record with its id is a letter. */
export function marker(
  letterId: string,
  deaths: number,
  status: 'closed' | 'replayed' | 'discarded',
  key: Buffer | null,
): Envelope {
  const headers: Headers = { 'dlq-id': letterId, 'dlq-deaths': String(deaths), 'dlq-status': status }
  return { key, headers, body: null }
}

/** Without the half of a character at the cut. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text.slice(0, most))
  return bytes.length <= most
    ? bytes.toString()
    : bytes
        .subarray(0, most)
        .toString()
        .replace(/\ufffd+$/, '')
}
