import type { Pool } from 'pg'
import { type LetterStanding, OperatingError, standingOf } from 'saga-kit/operating'
import { pageOf } from 'saga-kit/parts'
import type { Plan, PlanLetterPage } from '../contract.ts'
import type { KeptPlans } from './kept-plans.ts'
import { type LetterNow, lettersNow } from './letters-now.ts'
import type { Runs } from './runs.ts'

export interface PlanViewOptions {
  readonly plans: KeptPlans
  readonly runs: Pick<Runs, 'of'>
  readonly pool: Pick<Pool, 'query'>
}

/** Every page is told of a running plan, twice a second: all failures of ten thousand letters would be megabytes. */
const [mostFailures, longestDetail] = [100, 500]
/** The youngest. */
const mostPlans = 50

/** How a plan stands: by its journal, and of what is left by what the observer has seen of it. @throws OperatingError `not-found` */
export async function planView(planId: string, { plans, runs, pool }: PlanViewOptions): Promise<Plan> {
  const { plan, file, counts, sagas } = plans.get(planId)
  const { createdAt, operator, letters } = plan
  const run = runs.of(planId)
  const standing = standingOf(plan, file, run !== undefined)
  const { rate, ended, already, failed, skipped, left, stoppedBy } = standing
  const status = run === 'ending' ? 'pausing' : standing.status === 'stopped' ? 'paused' : standing.status
  const isToBeRun = left > 0 && (status === 'planned' || status === 'paused' || status === 'interrupted')
  const open = isToBeRun ? await countOpen(pool, standing.letters) : null
  return {
    ...{ planId: plan.planId, createdAt, operator, letters: letters.length, counts, sagas },
    status: open === 0 ? 'outdated' : status,
    ...{ rate, ended, already, failed: failed.length, skipped: skipped.length, left, open, stoppedBy },
    failures: failed.slice(0, mostFailures).map(({ letter: { service, id, sagaId }, outcome: { how, detail } }) => ({
      ...{ service, id, sagaId, how, detail: detail.slice(0, longestDetail) },
    })),
  }
}

/** What is under way may be gone by this plan itself. */
async function countOpen(pool: Pick<Pool, 'query'>, letters: readonly LetterStanding[]): Promise<number> {
  const untouched = letters.filter(({ became }) => became === 'left').map(({ letter }) => letter)
  const now = await lettersNow(pool, untouched)
  const begun = letters.filter(({ became }) => became === 'begun').length
  return begun + untouched.filter(letter => now(letter).is === 'open').length
}

export async function planViews(o: PlanViewOptions): Promise<Plan[]> {
  const views: Plan[] = []
  for (const planId of o.plans.ids().slice(0, mostPlans))
    try {
      views.push(await planView(planId, o))
    } catch (error) {
      // Somebody's file that is no plan, or was taken away just now.
      if (!(error instanceof OperatingError)) throw error
    }
  return views
}

/** The letters of a plan, in the order of their replay, each with what became of it. @throws OperatingError `not-found` */
export async function planLetters(
  planId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
  { plans, runs, pool }: PlanViewOptions,
): Promise<PlanLetterPage> {
  const { plan, file } = plans.get(planId)
  const { letters } = standingOf(plan, file, runs.of(planId) !== undefined)
  const shown = letters.slice(after, after + limit + 1).map((each, at) => ({ each, place: [after + at + 1] }))
  const { page, next } = pageOf(shown, limit)
  const untouched = page.flatMap(({ each }) => (each.became === 'left' ? [each.letter] : []))
  const now = await lettersNow(pool, untouched)
  return { letters: page.map(({ each }) => ({ ...told(each, now(each.letter)), ...namesOf(each) })), next }
}

const namesOf = ({ letter: { service, id, sagaId, deaths, step, direction, errorCode, diedAt } }: LetterStanding) => ({
  ...{ service, id, sagaId, deaths, step, direction, errorCode, diedAt },
})

type Became = Pick<PlanLetterPage['letters'][number], 'became' | 'detail'>
function told({ became, outcome }: LetterStanding, now: LetterNow): Became {
  const detail = outcome?.detail.slice(0, longestDetail) ?? null
  switch (became) {
    case 'left':
      if (now.is === 'gone') return { became: 'gone', detail: now.status }
      return now.is === 'changed'
        ? { became: 'changed', detail: `it has died ${now.deaths} times by now` }
        : { became: 'open', detail: null }
    case 'begun':
      return { became: 'under-way', detail: null }
    case 'ended':
      return { became: 'replayed', detail }
    case 'already':
      return { became: 'gone', detail }
    case 'skipped':
      return { became: 'skipped', detail: 'a letter before it in its saga failed' }
    case 'failed': {
      const how = outcome?.how
      if (how === 'died-again' || how === 'changed') return { became: how, detail }
      return { became: 'failed', detail: `${how}: ${detail}` }
    }
  }
}
