import type { SeenEvent } from './seen-saga.ts'

/** How far the observer is behind, by the events that this process has taken. */
export class Behind {
  #newestMs: number | undefined

  took(events: readonly SeenEvent[]): void {
    const nowMs = Date.now()
    for (const { at } of events) {
      const ms = at.getTime()
      // A clock that is ahead would hide for long that others wait.
      if (ms <= nowMs && (this.#newestMs === undefined || ms > this.#newestMs)) this.#newestMs = ms
    }
  }
  /** @param lag records that wait @returns null before the first event */
  ms(lag: number, nowMs = Date.now()): number | null {
    if (lag === 0) return 0
    return this.#newestMs === undefined ? null : Math.max(0, nowMs - this.#newestMs)
  }
}
