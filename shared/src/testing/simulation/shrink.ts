import { noTrouble, type Plan, type Rates } from './plan.ts'

/**
 * The smallest plan found that still goes wrong: fewer customers, faults and kinds of trouble. Each smaller plan is run anew, so
 * that what is left out may change when the rest happens; what counts is that something is still wrong.
 * @param mostRuns how many plans are tried
 */
export function shrink(plan: Plan, goesWrong: (smaller: Plan) => boolean, mostRuns = 500): Plan {
  let smallest = plan
  let runs = 0
  const tries = (smaller: Plan) => {
    if (runs >= mostRuns) return false
    runs++
    if (!goesWrong(smaller)) return false
    smallest = smaller
    return true
  }
  for (let before: Plan | undefined; before !== smallest && runs < mostRuns; ) {
    before = smallest
    for (const name of Object.keys(noTrouble) as (keyof Rates)[])
      if (smallest.rates[name] > 0) tries({ ...smallest, rates: { ...smallest.rates, [name]: 0 } })
    fewer(smallest.faults, faults => tries({ ...smallest, faults }))
    fewer(smallest.customers, customers => tries({ ...smallest, customers }))
    if (smallest.instances > 1) tries({ ...smallest, instances: smallest.instances - 1 })
    if (smallest.partitions > 1) tries({ ...smallest, partitions: 1 })
  }
  return smallest
}

/** Leaves out halves, then quarters, down to single ones, as long as `isEnough` says that what is left will do. */
function fewer<T>(all: readonly T[], isEnough: (left: readonly T[]) => boolean): void {
  let left = all
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < left.length; ) {
      const without = [...left.slice(0, at), ...left.slice(at + size)]
      if (isEnough(without)) left = without
      else at += size
    }
}
