import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Declarations, Reach } from 'saga-kit/operating'
import { OperatingError } from 'saga-kit/operating'
import type { Log } from 'saga-kit/parts'
import type { Plan } from '../contract.ts'
import type { Route } from '../http/route.ts'
import { historyRoutes } from './history-routes.ts'
import { keptPlans } from './kept-plans.ts'
import { letterRoutes } from './letter-routes.ts'
import { type ParticipantsFor, participantsFor } from './participants-for.ts'
import { planRoutes } from './plan-routes.ts'
import { planView } from './plan-view.ts'
import type { RecordAct } from './record-act.ts'
import { Runs } from './runs.ts'

export interface ActOptions {
  readonly pool: Pool
  readonly participantsFor: ParticipantsFor
  readonly reach: Reach
  /** Where plans are kept: XDG_STATE_HOME, as the command line has it. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly recordAct: RecordAct
  /** Tells the pages. */
  readonly changed: (planId: string) => void
  readonly log: Log
}

export interface Acts {
  readonly routes: readonly Route[]
  /** Of a plan that pages are told of; undefined when this console's folder has none of that id. */
  planOf(planId: string): Promise<Plan | undefined>
  /** Plans that are being replayed stop after what is under way, at the latest in `withinMs`, and can be gone on with. */
  stop(withinMs: number): Promise<void>
}

/** What operators do: look at letters, try, replay by plans, give up, and see who did what. */
export function createActs({
  declared,
  ...rest
}: Omit<ActOptions, 'participantsFor'> & { readonly declared: { readonly now: Declarations } }): Acts {
  const o: ActOptions = { ...rest, participantsFor: participantsFor(declared, rest.reach) }
  const runs = new Runs(o)
  const viewing = { runs, plans: keptPlans(o.env), pool: o.pool }
  return {
    routes: [...letterRoutes(o), ...planRoutes({ ...o, ...viewing }), ...historyRoutes(o)],
    async planOf(planId) {
      try {
        return await planView(planId, viewing)
      } catch (error) {
        if (error instanceof OperatingError) return undefined
        throw error
      }
    },
    stop: withinMs => Promise.race([runs.stop(), sleep(withinMs, undefined, { ref: false })]),
  }
}
