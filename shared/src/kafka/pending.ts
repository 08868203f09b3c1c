/** Counts what is under way, and tells when nothing is. */
export interface Pending {
  readonly count: number
  add(count: number): void
  /** Resolves when the count is 0, or after `timeoutMs`. */
  none(timeoutMs: number): Promise<void>
}

export function createPending(): Pending {
  let pending = 0
  const waiting = new Set<() => void>()
  return {
    get count() {
      return pending
    },
    add(count) {
      pending += count
      if (pending === 0) for (const resolve of waiting) resolve()
    },
    async none(timeoutMs) {
      if (pending === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const limit = setTimeout(resolve, timeoutMs)
      waiting.add(resolve)
      await promise
      waiting.delete(resolve)
      clearTimeout(limit)
    },
  }
}
