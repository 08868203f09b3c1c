import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'
import type { Decoded } from './decoder.ts'
import type { EventRecord } from './observed-record.ts'

export type ReadEvent = EventRecord & Decoded

const rows = recordset(
  columnsBy<ReadEvent>({
    'saga_id uuid': r => r.sagaId,
    'id text': r => r.id,
    'source text': r => r.source,
    'service text': r => r.service,
    'type text': r => r.type,
    'topic text': r => r.topic,
    'partition integer': r => r.partition,
    '"offset" bigint': r => r.offset,
    'at timestamp with time zone': r => r.at,
    'step text': r => r.step,
    'direction text': r => r.direction,
    'causation_id text': r => r.causationId,
    'trace_id text': r => r.traceId,
    'event jsonb': r => r.event,
    'headers jsonb': r => r.headers,
    'body bytea': r => r.body,
    'unread text': r => r.unread,
  }),
  { storable: true },
)

const insert = {
  name: 'insert-events',
  text: `insert into events (saga_id, id, source, service, type, topic, partition, "offset", at, step, direction, causation_id, trace_id, event, headers, body, unread, seen_at)
    select distinct on (r.saga_id, r.id, r.source) ${rows.select}, now() from ${rows.from}
    order by r.saga_id, r.id, r.source, r.topic, r.partition, r."offset"
    on conflict do nothing returning saga_id, id, source`,
}

const copies = recordset(
  columnsBy<EventRecord>({
    'saga_id uuid': r => r.sagaId,
    'id text': r => r.id,
    'source text': r => r.source,
    'type text': r => r.type,
    'topic text': r => r.topic,
    'partition integer': r => r.partition,
    '"offset" bigint': r => r.offset,
    'body bytea': r => r.body,
  }),
  { storable: true },
)

/** A hundred places are enough to see that somebody repeats himself. */
const noteCopies = {
  name: 'note-copies',
  text: `with again as (
      select e.saga_id, e.id, e.source, array_agg(distinct r.partition || ':' || r."offset") as places,
        bool_or(r.type <> e.type or r.body is distinct from e.body) as differs
      from ${copies.from} join events e on (e.saga_id, e.id, e.source) = (r.saga_id, r.id, r.source)
      where (e.topic, e.partition, e."offset") <> (r.topic, r.partition, r."offset")
      group by e.saga_id, e.id, e.source
    )
    update events e set differs = e.differs or again.differs,
      other_places = array(select distinct place from unnest(e.other_places || again.places) as place limit 100)
    from again where (e.saga_id, e.id, e.source) = (again.saga_id, again.id, again.source)
      and not (again.places <@ e.other_places) and cardinality(e.other_places) < 100`,
}

export const keyOf = ({ sagaId, id, source }: Pick<EventRecord, 'sagaId' | 'id' | 'source'>): string =>
  `${sagaId} ${source} ${id}`

/** Adds what is new, and notes what has come again. @returns the keys of the new ones */
export async function saveEvents(client: ClientBase, events: readonly ReadEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const inserted = await client.query({ ...insert, values: rows.values(events) })
  const isNew = new Set(inserted.rows.map(row => keyOf({ sagaId: row.saga_id, id: row.id, source: row.source })))
  const seen = new Set<string>()
  const repeated = events.filter(event => {
    const key = keyOf(event)
    const isFirst = isNew.has(key) && !seen.has(key)
    seen.add(key)
    return !isFirst
  })
  if (repeated.length > 0) await client.query({ ...noteCopies, values: copies.values(repeated) })
  return isNew
}
