import type { Headers } from '../core/delivery.ts'
import type { OutboxRow } from '../core/outbox-row.ts'
import type { StoredRow } from './save-outbox.ts'

type Value = Headers[string]
/** A header of the first row, as those behind it are likely to have it: the same, or the same behind their own saga's id. */
type Usual = [name: string, value: Value, isBehindSagaId: false] | [name: string, rest: string, isBehindSagaId: true]
/** What a row has otherwise: places among the usual headers with their values, or all of its headers. */
type Other = (number | Value)[] | Headers
type Packed = [n: number, sagaId: string, key: string | true | null, body: string | null, other: Other]
type Bundled = [topic: string, partition: number, usual: Usual[], rows: Packed[]]

/**
 * Rows of one topic and partition as one text. Their headers say nearly the same of different sagas: it is written once. To
 * compress them would make them smaller still, and cost more than all that the database saves.
 */
export function packRows(rows: readonly OutboxRow[]): string {
  const [{ topic, partition, sagaId, headers }] = rows as [OutboxRow]
  const usual = Object.entries(headers).map(
    ([name, value]): Usual =>
      isBehind(sagaId, value) ? [name, value.slice(sagaId.length), true] : [name, value, false],
  )
  const packed = rows.map((row): Packed => {
    const { key } = row
    const isSagaId = key !== null && key.toString('latin1') === row.sagaId
    return [row.n, row.sagaId, isSagaId || base64(key), base64(row.body), otherThan(usual, row)]
  })
  return JSON.stringify([topic, partition, usual, packed] satisfies Bundled)
}

function otherThan(usual: readonly Usual[], { sagaId, headers }: OutboxRow): Other {
  const other: (number | Value)[] = []
  let place = 0
  for (const name in headers) {
    const value = headers[name]!
    const like = usual[place]
    if (name !== like?.[0]) return headers
    if (!isUsual(like, sagaId, value)) other.push(place, value)
    place++
  }
  return place === usual.length ? other : headers
}

function isUsual([, usual, isBehindSagaId]: Usual, sagaId: string, value: Value): boolean {
  if (!isBehindSagaId) return value === usual
  // Without a piece cut off of each: most are what they are like.
  return isBehind(sagaId, value) && value.length === sagaId.length + usual.length && value.endsWith(usual)
}

const isBehind = (sagaId: string, value: Value): value is string =>
  typeof value === 'string' && value.startsWith(sagaId)

export function unpackRows(seq: number, records: string): StoredRow[] {
  const [topic, partition, usual, rows] = JSON.parse(records) as Bundled
  return rows.map(([n, sagaId, key, body, other]) => ({
    ...{ seq, n, sagaId, topic, partition, headers: Array.isArray(other) ? headersOf(usual, sagaId, other) : other },
    ...{ key: key === true ? Buffer.from(sagaId) : bytes(key), body: bytes(body) },
  }))
}

function headersOf(usual: readonly Usual[], sagaId: string, other: readonly (number | Value)[]): Headers {
  const headers = usual.map(([name, value, isBehindSagaId]): [string, Value] => [
    name,
    isBehindSagaId ? `${sagaId}${value}` : value,
  ])
  for (let at = 0; at < other.length; at += 2) headers[other[at] as number]![1] = other[at + 1] as Value
  return Object.fromEntries(headers)
}

const base64 = (value: Buffer | null) => (value === null ? null : value.toString('base64'))
const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'))
