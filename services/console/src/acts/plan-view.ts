import { readdirSync } from 'node:fs'
import { countsOf, loadPlan, OperatingError, plansFolder, standingOf } from 'saga-kit/operating'
import type { Plan } from '../contract.ts'
import type { Runs } from './runs.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Every page is told of a running plan, twice a second: all failures of ten thousand letters would be megabytes. */
const [mostFailures, longestDetail] = [100, 500]

/** @throws OperatingError `not-found` */
export function planView(planId: string, env: Environment, runs: Pick<Runs, 'of'>): Plan {
  const { plan, file } = loadPlan(planId, env)
  const { createdAt, operator, letters } = plan
  const run = runs.of(planId)
  const { status, rate, ended, failed, skipped, left, stoppedBy } = standingOf(plan, file, run !== undefined)
  return {
    ...{ planId: plan.planId, createdAt, operator, letters: letters.length, counts: countsOf(letters) },
    sagas: new Set(letters.map(({ sagaId, service, id }) => sagaId ?? `${service} ${id}`)).size,
    status: run === 'ending' ? 'pausing' : status === 'stopped' ? 'paused' : status,
    ...{ rate, ended, failed: failed.length, skipped: skipped.length, left, stoppedBy },
    failures: failed.slice(0, mostFailures).map(({ letter: { service, id, sagaId }, outcome: { how, detail } }) => ({
      ...{ service, id, sagaId, how, detail: detail.slice(0, longestDetail) },
    })),
  }
}

/** Their ids begin with the time: the youngest first. */
const mostPlans = 50

export function planViews(env: Environment, runs: Pick<Runs, 'of'>): Plan[] {
  const ids = filesIn(plansFolder(env)).flatMap(file => /^(.+)\.json$/.exec(file)?.[1] ?? [])
  return ids
    .toSorted()
    .reverse()
    .slice(0, mostPlans)
    .flatMap(planId => {
      try {
        return [planView(planId, env, runs)]
      } catch (error) {
        // Somebody's file that is no plan, or was taken away just now.
        if (error instanceof OperatingError) return []
        throw error
      }
    })
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
