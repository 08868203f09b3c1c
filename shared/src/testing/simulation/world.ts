import type { Clock } from './clock.ts'
import type { Rates } from './plan.ts'
import type { Random } from './random.ts'
import type { Topics } from './topics.ts'
import type { Watch } from './watch.ts'

/** What everything in a simulation shares. */
export interface World {
  readonly clock: Clock
  /** Decides what takes how long, and with it what comes before what. */
  readonly random: Random
  readonly topics: Topics
  readonly watch: Watch
  /** Of now: none before the customers come, and none once everything is left alone. */
  rates: Rates
  brokerAwayUntilMs: number
  /** Given when somebody wants the story. */
  readonly tell: ((who: string, what: string) => void) | undefined
}

/** How long one step takes: milliseconds, and seconds now and then. */
export function delayMs({ random, rates }: World): number {
  return random.next() < rates.slow ? random.int(50, 4_000) : random.int(0, 20)
}
