import { type Plan as Pinned, planOf, savePlan } from 'saga-kit/operating'
import { cursor } from 'saga-kit/parts'
import { z } from 'zod'
import { sessionOf } from '../access/guard.ts'
import type { Session } from '../access/session.ts'
import { plan, planLetterPage, plans, runRequest, selection } from '../contract.ts'
import { get, post, type Route } from '../http/route.ts'
import type { ActOptions } from './act-routes.ts'
import { type PlanViewOptions, planLetters, planView, planViews } from './plan-view.ts'
import { orProblem } from './problems.ts'
import type { Runs } from './runs.ts'
import { selectLetters } from './select-letters.ts'

const params = z.object({ planId: z.string().regex(/^[\w.-]{1,100}$/) })
const nothing = z.strictObject({})
/** How many letters of the plan come before. */
const place = z.tuple([z.int().nonnegative()])

/** Plans: pinned, run, paused, cancelled. The command line knows the same ones. */
export function planRoutes(o: ActOptions & PlanViewOptions & { readonly runs: Runs }): Route[] {
  const { runs, env, recordAct } = o
  const view = (planId: string) => planView(planId, o)

  async function pin(made: Pinned) {
    savePlan(made, env)
    o.changed(made.planId)
    return view(made.planId)
  }
  /** An act on a plan that is there; answers how it stands then. */
  const acting = (act: 'run' | 'pause' | 'cancel', planId: string, session: Session, work: () => void) =>
    orProblem(async () => {
      await view(planId)
      return recordAct(session, { act, id: planId, plan: planId }, async () => {
        work()
        return view(planId)
      })
    })

  return [
    get({ path: '/api/plans', answer: plans, read: async () => ({ plans: await planViews(o) }) }),
    get({
      ...{ path: '/api/plans/:planId', params, answer: plan },
      read: ({ params: { planId } }) => orProblem(() => view(planId)),
    }),
    get({
      ...{ path: '/api/plans/:planId/letters', params, answer: planLetterPage },
      query: z.object({ after: cursor(place).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
      read: ({ params: { planId }, query: { after, limit } }) =>
        orProblem(() => planLetters(planId, { after: after?.[0] ?? 0, limit }, o)),
    }),
    post({
      ...{ path: '/api/plans', body: selection, answer: plan },
      run: ({ body }, request) =>
        orProblem(async () => {
          const session = sessionOf(request)
          const { operator } = session
          const letters = await selectLetters(body, { ...o, operator })
          const made = planOf(letters, { operator, fromTopic: false, now: new Date() })
          const act = { act: 'plan', id: made.planId, plan: made.planId } as const
          return recordAct(
            session,
            act,
            () => pin(made),
            () => `letters: ${letters.length}`,
          )
        }),
    }),
    post({
      ...{ path: '/api/plans/:planId/run', params, body: runRequest, answer: plan },
      async run({ params: { planId }, body: { rate } }, request) {
        const session = sessionOf(request)
        return acting('run', planId, session, () => runs.begin(planId, session.operator, rate))
      },
    }),
    post({
      ...{ path: '/api/plans/:planId/pause', params, body: nothing, answer: plan },
      run: ({ params: { planId } }, request) => acting('pause', planId, sessionOf(request), () => runs.pause(planId)),
    }),
    post({
      ...{ path: '/api/plans/:planId/cancel', params, body: nothing, answer: plan },
      async run({ params: { planId } }, request) {
        const session = sessionOf(request)
        return acting('cancel', planId, session, () => runs.cancel(planId, session.operator))
      },
    }),
  ]
}
