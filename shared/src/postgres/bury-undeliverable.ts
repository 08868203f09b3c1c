import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import type { Undeliverable } from '../core/delivery.ts'
import { letter } from '../core/letter.ts'
import type { OutboxRow } from '../core/outbox-row.ts'
import { bytea, storableJson } from './storable-json.ts'

/**
 * Rule 21: a record that nobody can read becomes a letter with its bytes untouched, one however often it is delivered,
 * and holds up nobody. Gives the letters' outbox rows; their order is their own, so they never wait behind a saga's.
 */
export async function buryUndeliverables(
  tx: ClientBase,
  delivered: readonly Undeliverable[],
  o: {
    seq: number
    firstN: number
    now: Date
    service: string
    letterTopic: string
    partitionOf: (key: string) => number
  },
): Promise<OutboxRow[]> {
  if (delivered.length === 0) return []
  const records = [...new Map(delivered.map(record => [record.id, record])).values()]
  const rows = records.map((r, i) => ({
    message_id: r.id,
    partition: r.partition,
    n: o.firstN + i,
    error_code: r.code,
    error_message: r.problem,
    key: bytea(r.envelope.key),
    headers: r.envelope.headers,
    body: bytea(r.envelope.body),
  }))
  const buried = await tx.query({
    name: 'bury-undeliverables',
    text: `insert into saga.waiting (message_id, kind, partition, seq, n, attempts, deaths, first_failed_at, died_at, error_code, error_message, key, headers, body)
           select message_id, 'dead', partition, $2, n, 1, 1, now(), now(), error_code, error_message, key, headers, body
           from json_to_recordset($1) as r (message_id text, partition int, n int, error_code text, error_message text, key bytea, headers json, body bytea)
           order by message_id on conflict (saga_id, message_id) do nothing returning message_id`,
    values: [storableJson(rows), o.seq],
  })
  const first = new Set(buried.rows.map(row => row.message_id))
  return records
    .filter(r => first.has(r.id))
    .map(r => {
      const death = {
        letterId: r.id,
        deaths: 1,
        service: o.service,
        step: '',
        direction: '',
        errorCode: r.code,
        errorMessage: r.problem,
        attempts: 1,
        firstFailedAt: o.now.toISOString(),
        diedAt: o.now.toISOString(),
      }
      return {
        ...letter(r.envelope, death),
        sagaId: sagaIdOfLetter(r.id),
        topic: o.letterTopic,
        partition: o.partitionOf(r.id),
      }
    })
}

/**
 * Such a letter stands for a saga of its own: it waits behind nobody's events, and its later markers wait behind it. Spelled
 * as PostgreSQL gives a uuid back: what stands in the outbox is found by it.
 */
export function sagaIdOfLetter(letterId: string): string {
  const hex = createHash('md5').update(letterId).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
