import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Acknowledged } from '../postgres/acknowledged.ts'
import { deleteAcknowledged } from '../postgres/delete-acknowledged.ts'
import { troubleOf } from './trouble.ts'

/** So long others may join. Another instance that has more to say of the same sagas waits meanwhile (rule 24). */
const patienceMs = 10
/** After a deletion of many there will be many again. */
const longPatienceMs = 50
const many = 100
/** After one that failed; doubled each time. */
const againMs = 200
const longestAgainMs = 5_000
/** Far below what a statement has time for. */
const mostAtOnce = 10_000

/** Rule 26: acknowledged rows are deleted soon, and together, so that the outbox of a quiet service is empty. */
export class AcknowledgedDeleter {
  readonly #pool: Pool
  readonly #acknowledged: Acknowledged
  readonly #trouble: (error: unknown) => void
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #deleting: Promise<boolean> = Promise.resolve(true)

  constructor(o: { pool: Pool; acknowledged: Acknowledged; trouble: (error: unknown) => void }) {
    this.#pool = o.pool
    this.#acknowledged = o.acknowledged
    this.#trouble = o.trouble
  }

  /** After an acknowledgement. */
  deleteSoon(): void {
    if (this.#acknowledged.size > 0) this.#running ??= this.#untilNone()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await this.flush()
  }

  async #untilNone(): Promise<void> {
    const { signal } = this.#stopping
    let waitMs = patienceMs
    let failures = 0
    while (!signal.aborted && this.#acknowledged.size > 0) {
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      const rows = this.#acknowledged.size
      if (await this.flush()) {
        failures = 0
        waitMs = rows < many ? patienceMs : longPatienceMs
      } else waitMs = Math.min(againMs * 2 ** failures++, longestAgainMs)
    }
    // In one go with the look that found none: what comes behind it is not missed.
    this.#running = undefined
  }

  /**
   * Behind the one under way, so that a letter and its marker go in their order, and who waits for this finds nothing standing.
   * False when the database did not take it: whoever tries next takes them along, unless the connection was lost.
   */
  flush(): Promise<boolean> {
    this.#deleting = this.#deleting.then(() => this.#delete())
    return this.#deleting
  }

  async #delete(): Promise<boolean> {
    const rows = this.#acknowledged.take(mostAtOnce)
    try {
      await deleteAcknowledged(this.#pool, rows)
      this.#acknowledged.deleted(rows)
      return true
    } catch (error) {
      if (losesConnection(error)) this.#acknowledged.forget()
      else this.#acknowledged.giveBack(rows)
      this.#trouble(error)
      return false
    }
  }
}

function losesConnection(error: unknown): boolean {
  const trouble = troubleOf(error)
  return trouble.kind === 'infrastructure' && trouble.connectionLost
}
