import type { Pool } from 'pg'
import type { Saga, SagaPage } from '../contract.ts'

type Standing = NonNullable<SagaPage['sagas'][number]['at']>

/**
 * What each of these sagas waits for or is blocked by: of its open letters the oldest; what is overdue, as its participants
 * say; what its events await, the soonest due first.
 */
export async function findStanding(
  pool: Pick<Pool, 'query'>,
  sagas: readonly Pick<Saga, 'sagaId' | 'state'>[],
): Promise<Map<string, Standing>> {
  const unsettled = sagas.filter(({ state }) => state !== 'settled').map(({ sagaId }) => sagaId)
  if (unsettled.length === 0) return new Map()
  const { rows } = await pool.query({
    name: 'find-standing',
    text: `select s.saga_id, s.state, l.* from sagas s cross join lateral (
             select *, count(*) over ()::int - 1 as others from (
               select service, step, direction, id as message_id, message_type, died_at as at from letters
                 where saga_id = s.saga_id and status = 'open' and s.state = 'blocked'
               union all
               select service, step, direction, event_id, event_type, due from overdue_steps
                 where saga_id = s.saga_id and s.state = 'open' and s.overdue
               union all
               select service, step, direction, "eventId", "eventType", by
                 from jsonb_to_recordset(s.awaited) as a (service text, step text, direction text, "eventId" text, "eventType" text, by timestamptz)
                 where s.state = 'open' and not s.overdue) each
             order by at, service, step limit 1) l
           where s.saga_id = any($1::uuid[])`,
    values: [unsettled],
  })
  return new Map(
    rows.map(({ saga_id, state, service, step, direction, message_id, message_type, others }) => [
      saga_id,
      {
        ...{ is: state === 'blocked' ? 'dead' : 'awaited', service, step, direction, others },
        ...{ messageId: message_id, messageType: message_type },
      },
    ]),
  )
}
