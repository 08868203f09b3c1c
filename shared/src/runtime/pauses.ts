import type { Log } from './logs.ts'
import type { Metrics } from './metrics.ts'

/** What holds the service up at the moment, told once when it begins and once when it ends. */
export class Pauses {
  readonly #log: Log
  readonly #metrics: Pick<Metrics, 'paused'>
  readonly #causes = new Map<string, number>()

  constructor(log: Log, metrics: Pick<Metrics, 'paused'>) {
    this.#log = log
    this.#metrics = metrics
  }

  get causes(): string[] {
    return [...this.#causes.keys()]
  }

  set(cause: string, isPaused: boolean, error?: unknown): void {
    const sinceMs = this.#causes.get(cause)
    if (isPaused && sinceMs === undefined) {
      this.#causes.set(cause, performance.now())
      this.#metrics.paused(cause, true)
      this.#log.warn({ cause, err: error }, `paused: ${cause} is in trouble; nothing is lost, and no try is counted`)
    } else if (!isPaused && sinceMs !== undefined) {
      this.#causes.delete(cause)
      this.#metrics.paused(cause, false)
      this.#log.info({ cause, pausedMs: Math.round(performance.now() - sinceMs) }, `${cause} is back`)
    }
  }
}
