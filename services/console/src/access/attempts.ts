const mostPlaces = 10_000

/** Counts what failed from each place: after `most` within the time, no more is tried from there until it is over. */
export interface Attempts {
  /** 0 when it may be tried now. */
  waitMs(place: string): number
  failed(place: string): void
}

export function createAttempts(
  { most, withinMs }: { readonly most: number; readonly withinMs: number },
  nowMs: () => number = () => performance.now(),
): Attempts {
  const failures = new Map<string, { count: number; readonly untilMs: number }>()
  const current = (place: string) => {
    const found = failures.get(place)
    return found && found.untilMs > nowMs() ? found : undefined
  }
  return {
    waitMs(place) {
      const found = current(place)
      return found && found.count >= most ? found.untilMs - nowMs() : 0
    },
    failed(place) {
      const found = current(place)
      if (found) found.count++
      else {
        failures.delete(place)
        failures.set(place, { count: 1, untilMs: nowMs() + withinMs })
      }
      // In the order of their first failure: the oldest goes.
      if (failures.size > mostPlaces) failures.delete(failures.keys().next().value!)
    },
  }
}
