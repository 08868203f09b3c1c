/** Names that one holder at a time may have. */
export interface Locks {
  /** Resolves, once all of these are free, with what gives them back. */
  take(names: readonly string[]): Promise<() => void>
}

export function createLocks(): Locks {
  const taken = new Set<string>()
  let waiting: (() => void)[] = []
  return {
    // All or none: two that wait for each other's second name would wait for ever.
    async take(names) {
      while (names.some(name => taken.has(name))) await new Promise<void>(resolve => waiting.push(resolve))
      for (const name of names) taken.add(name)
      return () => {
        for (const name of names) taken.delete(name)
        const woken = waiting
        waiting = []
        for (const wake of woken) wake()
      }
    },
  }
}
