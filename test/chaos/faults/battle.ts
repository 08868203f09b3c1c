import type { HandPublisher } from '../../e2e/hand-publisher.ts'
import type { Counters } from '../ground/counters.ts'
import type { Ground } from '../ground/ground.ts'
import type { TopicWatch } from '../ground/topic-watch.ts'
import type { Fault } from '../plan.ts'

/** What faults are done to and seen by. */
export interface Battle {
  readonly ground: Ground
  readonly counters: Counters
  readonly watch: TopicWatch
  readonly byHand: HandPublisher
  /** How many sagas are open; the last known number while the database does not answer. */
  readonly openSagas: () => Promise<number>
  /** Some hundred orders at once. */
  readonly burst: () => void
}

/** What a fault did, as it was seen from outside. A fault that nobody felt proves nothing. */
export interface Seen {
  readonly hadEffect: boolean
  readonly saw: string
  /** Sagas that were open when it began. */
  readonly open: number
}

/** Does it, waits for its effect, and leaves everything as it was found. */
export type Inflict = (battle: Battle, fault: Fault) => Promise<Seen>

/** Waits for something that may not come: false when it did not within the limit. */
export async function comes(look: () => Promise<boolean> | boolean, limitMs: number, everyMs = 100): Promise<boolean> {
  const deadline = performance.now() + limitMs
  for (;;) {
    if (
      await Promise.resolve()
        .then(look)
        .catch(() => false)
    )
      return true
    if (performance.now() > deadline) return false
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}
