import type { Pool } from 'pg'
import type { SeenEdge } from './choreography-view.ts'
import type { Operation } from './taken.ts'
import type { PublishedEvent } from './unanswered.ts'

const edge = 'kind, message, from_service, from_step, from_direction, service, step, direction'

/** Edges that were taken in these minutes. */
export async function readEdges(pool: Pool, minutes: number): Promise<SeenEdge[]> {
  const { rows } = await pool.query({
    name: 'read-edges',
    // Each row has all buckets, so that in each of them a sum over the rows is one over the minutes.
    text: `select ${edge}, max(seen)::float8 as seen, max(last_at) as "lastAt", array_agg(total order by at) as buckets
           from (select ${edge}, at, sum(seen) as seen, max(last_at) as last_at, sum(count)::float8 as total
                 from taken_edges, unnest(latencies) with ordinality as l (count, at)
                 where minute > now() - $1 * interval '1 min' group by ${edge}, at) e
           group by ${edge}`,
    values: [minutes],
  })
  return rows.map(({ from_service, from_step, from_direction, service, step, direction, ...edge }) => ({
    ...edge,
    from: from_service === '' ? null : operation(from_service, from_step, from_direction),
    to: operation(service, step, direction),
  }))
}

/** Whoever answered anything in these minutes. */
export async function readAnswering(pool: Pool, minutes: number): Promise<{ to: Operation }[]> {
  const { rows } = await pool.query({
    name: 'read-answering',
    text: `select distinct service, step, direction from taken_edges where minute > now() - $1 * interval '1 min'`,
    values: [minutes],
  })
  return rows.map(({ service, step, direction }) => ({ to: operation(service, step, direction) }))
}

/** Events that were published in these minutes, but for the last ones, which need not be answered yet. */
export async function readPublished(pool: Pool, minutes: number, notSinceMs: number): Promise<PublishedEvent[]> {
  const { rows } = await pool.query({
    name: 'read-published',
    text: `select service, step, direction, type, sum(seen)::float8 as seen from published_events
           where minute between now() - $1 * interval '1 min' and now() - $2 * interval '1 ms' - interval '1 min'
           group by 1, 2, 3, 4`,
    values: [minutes, notSinceMs],
  })
  return rows.map(({ service, step, direction, ...event }) => ({ ...event, by: operation(service, step, direction) }))
}

const operation = (service: string, step: string, direction: string): Operation => ({
  ...{ service, step, direction: direction === 'compensation' ? 'compensation' : 'action' },
})
