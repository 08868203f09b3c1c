import { backlog } from './backlog.ts'
import { forgetting } from './forgetting.ts'
import { idle } from './idle.ts'
import { overload } from './overload.ts'
import type { Trial, TrialOptions, Tried } from './trial.ts'

const all: readonly Trial[] = [idle, overload, forgetting, backlog]

/** @throws Error naming what there is */
export function trialsOf(names: readonly string[]): Trial[] {
  return names
    .flatMap(name => (name === 'all' ? all.map(trial => trial.name) : name === 'none' ? [] : [name]))
    .map(name => {
      const found = all.find(trial => trial.name === name)
      if (!found) throw new Error(`there is no trial ${JSON.stringify(name)}; there are\n${listedTrials()}`)
      return found
    })
}

export const listedTrials = (): string => all.map(({ name, what }) => `  ${name.padEnd(18)}${what}`).join('\n')

export async function runTrials(trials: readonly Trial[], o: TrialOptions): Promise<Tried[]> {
  const tried: Tried[] = []
  for (const { name, run } of trials) tried.push({ name, ...(await run(o)) })
  return tried
}

export function tellTried({ name, table, violations }: Tried): string {
  return violations.length > 0
    ? [`${name}: NO FIGURE, since it broke what always holds:`, ...violations].join('\n')
    : table
}
