import type { Placing } from './placing.ts'
import type { Door } from './plan.ts'

export interface Loop {
  /** Begins no more requests, and resolves when those under way are answered. */
  end(): Promise<void>
}
export interface ClosedLoop extends Loop {
  /** How many were committed and not settled when the database was asked. */
  seen(count: number, askedAtMs: number): void
}

/**
 * Keeps so many orders under way, from the moment of the request to the settled end: as many customers with an order each.
 * What is answered is still under way until it is seen settled, unless the answers say that it is.
 */
export function closedLoop(o: {
  readonly placing: Placing
  readonly together: number
  readonly perPost: number
  readonly answers: Door['answers']
}): ClosedLoop {
  const perPost = Math.min(o.perPost, o.together)
  let unsettled = 0
  let unanswered = 0
  let turnedAwayAtMs = Number.NEGATIVE_INFINITY
  let answered: { atMs: number; count: number }[] = []
  let ended = false
  let idle = Promise.withResolvers<void>()

  function topUp(): void {
    // What was answered after the database was asked is not in its count. What was committed before, and answered after,
    // is counted twice until it is asked again: rather some too few than too many.
    const since = answered.reduce((sum, { count }) => sum + count, 0)
    let free = o.together - unsettled - unanswered - since
    const isTurnedAway = performance.now() - turnedAwayAtMs < 100
    for (; !ended && !isTurnedAway && free >= perPost; free -= perPost) void send()
    if (ended && unanswered === 0) idle.resolve()
  }

  async function send(): Promise<void> {
    unanswered += perPost
    const now = Date.now()
    const taken = await o.placing.place(Array.from({ length: perPost }, () => now))
    unanswered -= perPost
    if (taken === 0) turnedAwayAtMs = performance.now()
    else if (o.answers === 'taken') answered.push({ atMs: performance.now(), count: taken })
    topUp()
  }

  return {
    seen(count, askedAtMs) {
      unsettled = count
      answered = answered.filter(({ atMs }) => atMs > askedAtMs)
      topUp()
    },
    async end() {
      ended = true
      idle = Promise.withResolvers()
      topUp()
      await idle.promise
    },
  }
}
