import type { Pool } from 'pg'
import type { ObservedEvent } from '../contract.ts'

/** More than any saga has that is one; somebody may publish garbage under one id. */
const most = 1_000
/** Of their bodies: what comes behind them is told without what it carries, since a page of a thousand megabytes takes us down. */
const mostBytes = 16 * 1024 * 1024

/** A saga's events in the order of their times. */
export async function findEvents(pool: Pick<Pool, 'query'>, sagaId: string): Promise<ObservedEvent[]> {
  const { rows } = await pool.query(
    `select id, source, service, type, topic, partition, "offset", at, seen_at, step, direction, causation_id, copies, trace_id,
       case when bytes <= $3 then event end as event, case when bytes <= $3 then headers else '{}' end as headers, case when bytes <= $3 then body end as body
     from (select *, sum(coalesce(octet_length(body), 0)) over (order by at, topic, "offset", id rows unbounded preceding) as bytes
       from events where saga_id = $1 order by at, topic, "offset", id limit $2) as told
     order by at, topic, "offset", id`,
    [sagaId, most, mostBytes],
  )
  return rows.map(row => ({
    ...{ id: row.id, source: row.source, service: row.service, type: row.type, topic: row.topic },
    ...{ partition: row.partition, offset: String(row.offset), at: row.at.toISOString() },
    ...{ seenAt: row.seen_at.toISOString(), step: row.step, direction: row.direction },
    ...{ causationId: row.causation_id, copies: row.copies, event: row.event, headers: textHeaders(row.headers) },
    ...{ bodyBase64: row.body?.toString('base64') ?? null, traceId: row.trace_id },
  }))
}

/** What is no text is shown as base64. */
const textHeaders = (headers: Readonly<Record<string, string | { base64: string }>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : `base64:${value.base64}`,
    ]),
  )
