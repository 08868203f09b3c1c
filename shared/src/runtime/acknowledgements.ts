import type { Pool } from 'pg'
import { type Acknowledged, deleteAcknowledged } from '../postgres/acknowledged.ts'

/** In any case, even if there is always a transaction at work, or one has given them back. */
const longestMs = 200
/** So long a next transaction may take them along: under load there is one, and a delete of its own is another commit. */
const patienceMs = 10

/**
 * Rule 26: acknowledged rows are deleted with the next transaction; this deletes them when none is at work, so that the
 * outbox of a quiet service is empty.
 */
export class Acknowledgements {
  readonly #pool: Pool
  readonly #acknowledged: Acknowledged
  readonly #busy: () => boolean
  #flushing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(o: { pool: Pool; acknowledged: Acknowledged; busy: () => boolean }) {
    this.#pool = o.pool
    this.#acknowledged = o.acknowledged
    this.#busy = o.busy
  }

  /** After an acknowledgement. */
  whenIdle(): void {
    this.#after(patienceMs, () => (this.#busy() ? undefined : this.flush()))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.flush()
  }

  /** Looks again for as long as there may be any: a transaction that took them can still give them back. */
  #after(waitMs: number, look: () => Promise<void> | undefined): void {
    if (this.#isStopped || this.#timer) return
    const looked = async () => {
      this.#timer = undefined
      await look()
      if (this.#acknowledged.size > 0 || this.#busy()) this.#after(longestMs, () => this.flush())
    }
    this.#timer = setTimeout(() => void looked(), waitMs)
  }

  /** One at a time: what is acknowledged meanwhile goes with the next, and no more than one connection is taken. */
  async flush(): Promise<void> {
    await this.#flushing
    this.#flushing ??= this.#delete().finally(() => {
      this.#flushing = undefined
    })
    await this.#flushing
  }

  async #delete(): Promise<void> {
    const rows = this.#acknowledged.take()
    if (rows.length === 0) return
    try {
      const client = await this.#pool.connect()
      try {
        await deleteAcknowledged(client, rows)
      } finally {
        client.release()
      }
      this.#acknowledged.deleted(rows)
    } catch {
      // The database is away; whoever takes them next tries again.
      this.#acknowledged.giveBack(rows)
    }
  }
}
