import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { type Acknowledged, deleteAcknowledged } from '../postgres/acknowledged.ts'

/** So long others may join; another instance that has more to say of the same sagas waits for it, seldom. */
const patienceMs = 10
/** After a deletion of many there will be many again. */
const longPatienceMs = 50
const many = 100
/** After one that failed. */
const againMs = 200

/** Rule 26: acknowledged rows are deleted soon, and together, so that the outbox of a quiet service is empty. */
export class Acknowledgements {
  readonly #pool: Pool
  readonly #acknowledged: Acknowledged
  readonly #stopping = new AbortController()
  #deleting: Promise<void> | undefined

  constructor(o: { pool: Pool; acknowledged: Acknowledged }) {
    this.#pool = o.pool
    this.#acknowledged = o.acknowledged
  }

  /** After an acknowledgement. */
  deleteSoon(): void {
    this.#deleting ??= this.#untilNone()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#deleting
    await this.flush()
  }

  async #untilNone(): Promise<void> {
    const { signal } = this.#stopping
    const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined)
    let waitMs = patienceMs
    while (!signal.aborted && this.#acknowledged.size > 0) {
      await wait(waitMs)
      const rows = this.#acknowledged.size
      const isDone = await this.flush()
      waitMs = isDone ? (rows < many ? patienceMs : longPatienceMs) : againMs
    }
    // In one go with the look that found none: what comes behind it is not missed.
    this.#deleting = undefined
  }

  /** False when the database did not take it: whoever tries next takes them along. */
  async flush(): Promise<boolean> {
    const rows = this.#acknowledged.take()
    try {
      await deleteAcknowledged(this.#pool, rows)
      this.#acknowledged.deleted(rows)
      return true
    } catch {
      this.#acknowledged.giveBack(rows)
      return false
    }
  }
}
