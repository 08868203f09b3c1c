import { recordHeaders } from '../core/headers.ts'
import type { OutboundRecord } from '../kafka/publish.ts'
import { type OutboxPlace, placeText } from '../postgres/acknowledged.ts'
import type { StoredRow } from '../postgres/save-outbox.ts'

/** A row of the outbox on its way to the broker. */
export function outbound(row: StoredRow, deadlineMs: number): OutboundRecord {
  const { topic, partition, key, body, headers } = row
  return { id: placeText(row), topic, partition, key, value: body, headers: recordHeaders(headers), deadlineMs }
}

export function placeOf({ id }: OutboundRecord): OutboxPlace {
  const [seq, n] = id.split('/')
  return { seq: Number(seq), n: Number(n) }
}
