/** Where work can be interrupted: others may go on meanwhile, or its process may end here and now. */
export type Stop =
  | { readonly at: 'locked' | 'decided' | 'committing' | 'committed' }
  /** A lock that somebody else holds: nothing to do until that one's transaction ends, and `lookAgain` is called. */
  | { readonly at: 'blocked'; readonly whenFree: (lookAgain: () => void) => void }
  /** The database is in trouble: so long nothing is tried. */
  | { readonly at: 'paused'; readonly ms: number }

/**
 * Work as the simulator sees it: it stops wherever others may interleave, and whoever drives it decides when it goes on.
 * `return` ends it as a killed process would; `throw` as a lost connection would.
 */
export type Steps<T> = Generator<Stop, T, void>

/** Without anybody else there, in one go. @throws Error when it waits for somebody: alone, it would wait for ever */
export function toTheEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (value.at === 'blocked') throw new Error('it waits for a transaction that is open: drive both of them')
  }
}
