import type { Pool } from 'pg'
import { cursor, pageOf } from 'saga-kit/parts'
import { z } from 'zod'
import { sessionOf } from '../access/guard.ts'
import { actPage, type OperatorAct } from '../contract.ts'
import { get, type Route } from '../http/route.ts'
import type { ActOptions } from './act-routes.ts'
import { copyActs } from './copy-acts.ts'

/** A time to the microsecond, and what tells acts of one moment apart. */
const place = z.tuple([z.iso.datetime(), z.string().regex(/^\d{1,18}$/)])

/** GET /api/acts: who did what, here and by the command line, the youngest first. */
export const historyRoutes = ({ pool, participantsFor }: Pick<ActOptions, 'pool' | 'participantsFor'>): Route[] => [
  get({
    path: '/api/acts',
    query: z.object({ after: cursor(place).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answer: actPage,
    async read({ query: { after, limit } }, request) {
      // Of a service that does not answer what was copied before is shown.
      if (!after) await copyActs(pool, participantsFor(sessionOf(request).operator).admins)
      const { page, next } = pageOf(await listActs(pool, after, limit + 1), limit)
      return { acts: page.map(({ act }) => act), next }
    },
  }),
]

/** A discard that was done here is told by the service that did it. */
const notToldByService = `not (a.session is not null and a.act = 'discard' and coalesce(a.outcome, '') like 'done%')`

/**
 * A service tells neither from where a letter was discarded nor who ran its plan; what was done here is kept here, too. A plan
 * that was run here and on the command line counts as run here.
 */
const doneHere = `exists (select from acts o where o.session is not null and o.act in ('run', 'discard') and o.outcome like 'done%'
  and o.id = case a.act when 'discard' then a.id else a.plan end
  and case a.act when 'discard' then o.act = 'discard' and o.service = a.service and o.deaths = a.deaths else o.act = 'run' end)`

async function listActs(pool: Pool, after: z.output<typeof place> | undefined, limit: number) {
  const { rows } = await pool.query(
    `select a.at, a.operator, a.act, a.service, a.id, a.saga_id as "sagaId", a.reason, a.plan, a.forced, a.outcome,
       a.session is null and not ${doneHere} as elsewhere,
       to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as exactly, a.seq::text
     from acts a where ${notToldByService} and ($1::timestamptz is null or (a.at, a.seq) < ($1, $2::bigint))
     order by a.at desc, a.seq desc limit $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit],
  )
  return rows.map(({ at, exactly, seq, ...act }) => ({
    act: { ...act, at: at.toISOString() } as OperatorAct,
    place: [exactly, seq],
  }))
}
