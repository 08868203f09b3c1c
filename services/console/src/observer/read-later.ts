import type { Pool, PoolClient } from 'pg'
import { periodically, storableJson } from 'saga-kit/parts'
import { tellChange } from '../changes.ts'
import type { Decoder } from './decoder.ts'
import { inTransaction } from './in-transaction.ts'
import { attributesOfSagas } from './record-batch.ts'
import { saveAttributes } from './save-attributes.ts'

export interface ReadLaterOptions {
  readonly pool: Pool
  readonly decoder: Decoder
  readonly searchFields: readonly string[]
  readonly undecodable: (events: number) => void
  readonly trouble: (error: unknown) => void
}

const everyMs = 2_000
const atOnce = 500

/** Reads events again whose schema the registry did not know, or could not be asked for, when they came. */
export function readLater(o: ReadLaterOptions): { stop(): Promise<void> } {
  return periodically(everyMs, async () => {
    try {
      while (await readSome(o));
    } catch (error) {
      o.trouble(error)
    }
  })
}

/** True when there may be more that can be read. */
async function readSome(o: ReadLaterOptions): Promise<boolean> {
  const { rows: bodies } = await o.pool.query(
    `select distinct on (substring(body for 5)) body from (select body from events where unread = 'schema' order by seen_at limit $1) as oldest`,
    [10 * atOnce],
  )
  if (bodies.length === 0) return false
  await o.decoder.prepare(bodies.map(row => row.body))
  const schemas = bodies
    .filter(({ body }) => o.decoder.decode(body).unread !== 'schema')
    .map(({ body }) => body.subarray(0, 5))
  if (schemas.length === 0) return false
  return inTransaction(o.pool, async client => {
    const { rows } = await client.query(
      `select saga_id, id, source, body from events where unread = 'schema' and substring(body for 5) = any($1::bytea[])
       order by saga_id, id, source limit $2 for update skip locked`,
      [schemas, atOnce],
    )
    await keep(client, o, rows)
    return rows.length === atOnce
  })
}

async function keep(client: PoolClient, o: ReadLaterOptions, rows: readonly any[]): Promise<void> {
  const read = rows.map(row => ({ ...row, sagaId: row.saga_id as string, ...o.decoder.decode(row.body) }))
  await client.query(
    `update events e set event = r.event, unread = r.unread
     from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[]) as r (saga_id, id, source, event, unread)
     where (e.saga_id, e.id, e.source) = (r.saga_id, r.id, r.source)`,
    [
      ...[read.map(r => r.sagaId), read.map(r => r.id), read.map(r => r.source)],
      ...[read.map(r => (r.event === null ? null : storableJson(r.event))), read.map(r => r.unread)],
    ],
  )
  const attributes = attributesOfSagas(read, o.searchFields)
  await saveAttributes(
    client,
    [...attributes].flatMap(([sagaId, of]) => Object.entries(of).map(([name, value]) => ({ sagaId, name, value }))),
  )
  await client.query(
    `update sagas s set attributes = s.attributes || r.attributes from unnest($1::uuid[], $2::jsonb[]) as r (saga_id, attributes)
     where s.saga_id = r.saga_id`,
    [[...attributes.keys()], [...attributes.values()].map(of => storableJson(of))],
  )
  o.undecodable(read.filter(({ unread }) => unread !== null).length)
  const sagaIds = [...new Set(read.map(({ sagaId }) => sagaId))]
  if (sagaIds.length > 0) await tellChange(client, { kind: 'sagas', sagaIds, more: false })
}
