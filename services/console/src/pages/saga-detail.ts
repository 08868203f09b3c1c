import type { Pool } from 'pg'
import { isSagaId } from 'saga-kit/observing'
import { type Declarations, participantsOf, type Reach, readTrace, type Trace } from 'saga-kit/operating'
import { z } from 'zod'
import { type Awaited, type SagaDetail, sagaDetail } from '../contract.ts'
import { flowOf } from '../flow.ts'
import { get, type Route } from '../http/route.ts'
import type { Owed } from '../observer/judge.ts'
import { overdueFrom } from '../watch/overdue.ts'
import { findEvents } from './find-events.ts'
import { findLettersOf } from './find-letters.ts'
import { findSaga } from './find-sagas.ts'

/** Somebody waits for the page: who has not answered by then is shown as silent. */
const askForMs = 3_000

/** GET /api/sagas/:sagaId : what the observer has seen, and what the participants' logs say now. */
export const sagaRoute = (o: {
  readonly pool: Pool
  readonly declarations: () => Declarations
  readonly reach: Omit<Reach, 'brokers' | 'topicPrefix'>
  readonly overdueAfterMs: number
}): Route =>
  get({
    path: '/api/sagas/:sagaId',
    params: z.object({ sagaId: z.string() }),
    answer: sagaDetail,
    async read({ params: { sagaId } }): Promise<SagaDetail | undefined> {
      if (!isSagaId(sagaId)) return undefined
      const [saga, events, letters, owed, trace] = await Promise.all([
        findSaga(o.pool, sagaId),
        findEvents(o.pool, sagaId),
        findLettersOf(o.pool, sagaId),
        findOwed(o.pool, sagaId),
        readTrace(participantsOf(o.declarations(), o.reach), sagaId, askForMs),
      ])
      if (!saga && trace.steps.length === 0 && trace.awaited.length === 0) return undefined
      const isUnanswered = trace.steps.length === 0 && trace.silent.length > 0
      const now = new Date()
      const { declared } = o.declarations()
      return {
        ...{ saga: saga ?? null, events, letters, steps: trace.steps.map(stepOf) },
        awaited: isUnanswered
          ? owed.map(each => awaitedByEvents(each, saga?.overdue ?? false, now))
          : trace.awaited.map(each => awaitedOf(each, overdueFrom(each, trace.verdict, now, o.overdueAfterMs), now)),
        acts: trace.acts.map(({ at, operator, act, service, id, reason, plan, forced, sagaId: of }) => ({
          ...{ at, operator, act, service, id, sagaId: of, reason, plan, forced },
        })),
        ...{ verdict: trace.verdict, silent: [...trace.silent] },
        services: declared.map(({ service }) => service).sort(flowOf(declared).services),
      }
    },
  })

async function findOwed(pool: Pool, sagaId: string): Promise<readonly Owed[]> {
  const { rows } = await pool.query('select awaited from sagas where saga_id = $1', [sagaId])
  return rows[0]?.awaited ?? []
}

const stepOf = ({ cause, emitted, rows, ...step }: Trace['steps'][number]): SagaDetail['steps'][number] => ({
  ...{
    service: step.service,
    operation: step.operation,
    step: step.step,
    direction: step.direction,
    status: step.status,
  },
  ...{ at: step.at, attempts: step.attempts, errorCode: step.errorCode, messageId: step.messageId },
  because: cause.from === null ? cause.what : `${cause.what} of ${cause.from}`,
  ...{ emitted: [...emitted], rows: [...rows] },
})

const awaitedOf = ({ because, waiting, ...each }: Trace['awaited'][number], due: Date | null, now: Date): Awaited => ({
  ...{
    service: each.service,
    step: each.step ?? '',
    direction: each.direction ?? 'action',
    eventId: each.messageId,
    eventType: because.what,
  },
  ...{ oneOf: [...each.oneOf], since: each.since, by: each.by, stands: each.stands },
  overdue: due !== null && due <= now,
  ...{ attempts: waiting?.attempts ?? 0, errorMessage: waiting?.errorMessage ?? null },
})

/** Where no participant says more, the watchdog's last word counts. */
const awaitedByEvents = ({ oneOf, by, ...owed }: Owed, isOverdue: boolean, now: Date): Awaited => ({
  ...{ ...owed, oneOf: [...oneOf], by, overdue: isOverdue && Date.parse(by) < now.getTime() },
  ...{ stands: null, attempts: 0, errorMessage: null },
})
