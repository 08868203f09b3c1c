import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Count, countsOf, loadPlan, type Plan, plansFolder } from 'saga-kit/operating'

/** A plan as its file has it, with what is counted of it. */
export interface KeptPlan {
  readonly plan: Plan
  readonly file: string
  readonly counts: Count[]
  readonly sagas: number
}

/** Plans by their ids, each parsed once: pages ask for a running one twice a second, and it may hold ten thousand letters. */
export interface KeptPlans {
  /** @throws OperatingError `not-found`, `wrong-request` */
  get(planId: string): KeptPlan
  /** Of all that are there, the youngest first: an id begins with the time. */
  ids(): string[]
}

const mostKept = 100

/** @param env where plans are: XDG_STATE_HOME, as the command line has it */
export function keptPlans(env: Readonly<Record<string, string | undefined>>): KeptPlans {
  const folder = plansFolder(env)
  const known = new Map<string, { readonly version: string; readonly kept: KeptPlan }>()
  return {
    get(planId) {
      // A plan is written once; somebody may have changed its file all the same.
      const version = versionOf(join(folder, `${planId}.json`))
      const found = known.get(planId)
      known.delete(planId)
      const kept = version !== undefined && found?.version === version ? found.kept : countedPlan(planId, env)
      if (version !== undefined) known.set(planId, { version, kept })
      // In the order of their last use.
      if (known.size > mostKept) known.delete(known.keys().next().value!)
      return kept
    },
    ids: () =>
      filesIn(folder)
        .flatMap(file => /^(.+)\.json$/.exec(file)?.[1] ?? [])
        .toSorted()
        .reverse(),
  }
}

function countedPlan(planId: string, env: Readonly<Record<string, string | undefined>>): KeptPlan {
  const { plan, file } = loadPlan(planId, env)
  const sagas = new Set(plan.letters.map(({ sagaId, service, id }) => sagaId ?? `${service} ${id}`))
  return { plan, file, counts: countsOf(plan.letters), sagas: sagas.size }
}

function versionOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat && `${stat.ino} ${stat.mtimeNs} ${stat.size}`
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
