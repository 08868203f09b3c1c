import type { Pool } from 'pg'
import { type Acknowledged, deleteAcknowledged } from '../postgres/acknowledged.ts'
import { periodically } from './periodically.ts'

const everyMs = 200
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
  #soon: NodeJS.Timeout | undefined
  #running: ReturnType<typeof periodically> | undefined

  constructor(o: { pool: Pool; acknowledged: Acknowledged; busy: () => boolean }) {
    this.#pool = o.pool
    this.#acknowledged = o.acknowledged
    this.#busy = o.busy
  }

  run(): void {
    this.#running = periodically(everyMs, () => this.flush())
  }

  /** After an acknowledgement. */
  whenIdle(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      if (!this.#busy()) void this.flush()
    }, patienceMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#soon)
    await this.#running?.stop()
    await this.flush()
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
