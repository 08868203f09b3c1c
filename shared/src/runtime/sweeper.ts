import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { OutboundRecord, Publisher } from '../kafka/publish.ts'
import { type OutboxPlace, placeText } from '../postgres/acknowledged.ts'
import { connectionConfig } from '../postgres/connect.ts'
import { findSweepable, readOutbox } from '../postgres/sweep-outbox.ts'
import { outbound } from './outbound.ts'
import { Pace } from './pace.ts'
import { SweepWindow } from './sweep-window.ts'

const pollMs = 20
/** While rows leave here but none was deferred: another instance, which is busy too, may have left one. */
const othersPollMs = 100
/** At rest: 50 looks a second were most of what a quiet service used. */
const restPollMs = 500
/** So long after a row has left here others are about to. */
const busyMs = 1_000
const oldEveryMs = 1_000
const lockRetryMs = 500
/** After it gave the lock up, until something is acknowledged here: others come first. */
const modestLockRetryMs = 3_000
/** Without an acknowledgement, while there is something to send. */
const publishWindowsToGiveUp = 3
/** Rule 27: a sweeper that was stopped (SIGSTOP) loses its lock with its connection; it polls far more often than this. */
const idleSessionTimeoutMs = 5_000
/** Rule 24: so that what it has not sent by then is another's, and no old copy follows what that one sends. */
const firstSendWithinMs = idleSessionTimeoutMs - 1_000
/** One key for all services: each has a database of its own. */
export const sweeperLockKey = 7_134_208_101
const sagasAtOnce = 2_000

export interface SweeperOptions {
  readonly databaseUrl: string
  readonly applicationName: string
  readonly publishWindowMs: number
  /** Its own: another producer id than the committers' (rule 25). */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Acknowledged and not yet deleted: publishing it again would be a copy for nothing. */
  readonly isAcknowledged: (row: OutboxPlace) => boolean
  readonly locked: boolean
  /** False for a test of the safeguard only. */
  readonly givesUp: boolean
  readonly trouble: (error: unknown) => void
}

/** Publishes what its committers have left: deferred rows in their saga's order, and rows past their window (rules 24 and 27). */
export class Sweeper {
  readonly #o: SweeperOptions
  readonly #stopping = new AbortController()
  readonly #window = new SweepWindow()
  readonly #pace = new Pace({ awakeEveryMs: pollMs, restEveryMs: restPollMs })
  #movedAtMs = Number.NEGATIVE_INFINITY
  #gaveUpAtMs = Number.NEGATIVE_INFINITY
  #holdsLock = false
  /** `performance.now()` of the last look that found nothing to do. */
  #idleAtMs = Number.NEGATIVE_INFINITY
  #running: Promise<void> = Promise.resolve()

  constructor(options: SweeperOptions) {
    this.#o = options
  }

  run(): void {
    this.#running = this.#loop()
  }

  /** One was deferred here: it may go as soon as what it is behind is acknowledged. */
  deferred(): void {
    this.#pace.moved()
  }

  /** Rows were acknowledged here. */
  moved(): void {
    this.#movedAtMs = performance.now()
  }

  settled(records: readonly OutboundRecord[]): void {
    for (const { id } of records) this.#window.ended(id)
  }

  /** Its saga waits behind it, the others flow (rule 22). It is asked again now and then: a topic's limit can be raised. */
  refused({ id }: OutboundRecord): void {
    this.#window.refused(id, 5 * this.#oldMs)
  }

  /** Resolves when nothing is left that this one could publish, another instance sweeps, or `timeoutMs` have passed. */
  async drain(timeoutMs: number): Promise<void> {
    const beganMs = performance.now()
    this.#pace.moved()
    while (this.#holdsLock && this.#idleAtMs < beganMs && performance.now() < beganMs + timeoutMs) await sleep(pollMs)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  get #oldMs(): number {
    return 2 * this.#o.publishWindowMs
  }
  get #lockRetryMs(): number {
    return this.#gaveUpAtMs > this.#movedAtMs ? modestLockRetryMs : lockRetryMs
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const client = new pg.Client({
        ...connectionConfig({ url: this.#o.databaseUrl, applicationName: this.#o.applicationName, byKey: true }),
        query_timeout: 5_000,
      })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.query(`set idle_session_timeout = ${idleSessionTimeoutMs}`)
        while (!signal.aborted && !(await this.#lock(client))) await sleep(this.#lockRetryMs, undefined, { signal })
        this.#holdsLock = true
        await this.#sweep(client, signal)
      } catch (error) {
        if (!signal.aborted) this.#o.trouble(error)
      } finally {
        this.#holdsLock = false
        await client.end().catch(() => undefined)
      }
      await sleep(this.#lockRetryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #lock(client: pg.Client): Promise<boolean> {
    if (!this.#o.locked) return true
    const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [sweeperLockKey])
    return rows[0]?.locked === true
  }

  async #sweep(client: pg.Client, signal: AbortSignal): Promise<void> {
    let oldAtMs = 0
    let leftSinceMs = Number.POSITIVE_INFINITY
    while (!signal.aborted) {
      const lookedAtMs = performance.now()
      const includingOld = lookedAtMs >= oldAtMs
      if (includingOld) oldAtMs = lookedAtMs + oldEveryMs
      let isIdle = false
      if (this.#window.isFull)
        await client.query('select 1') // keeps the session, and with it the lock, alive
      else isIdle = (await this.#look(client, lookedAtMs, includingOld)) === 0 && this.#window.isEmpty
      if (isIdle) {
        this.#idleAtMs = lookedAtMs
        if (includingOld) leftSinceMs = Number.POSITIVE_INFINITY
      } else leftSinceMs = Math.min(leftSinceMs, lookedAtMs)
      if (this.#o.givesUp) this.#giveUpUnlessMoved(leftSinceMs)
      await this.#pace.wait(signal, performance.now() - this.#movedAtMs < busyMs ? othersPollMs : undefined)
    }
  }

  /** Rule 27: its way to Kafka may be broken where another's is not. With its session it gives up the lock. */
  #giveUpUnlessMoved(leftSinceMs: number): void {
    const nowMs = performance.now()
    const limitMs = publishWindowsToGiveUp * this.#o.publishWindowMs
    if (nowMs - Math.max(leftSinceMs, this.#movedAtMs) < limitMs) return
    this.#gaveUpAtMs = nowMs
    throw new Error(`nothing was acknowledged for ${limitMs} ms: another instance may sweep`)
  }

  /** Gives the number of rows that may leave by now. */
  async #look(client: pg.Client, lookedAtMs: number, includingOld: boolean): Promise<number> {
    const found = await findSweepable(client, {
      ...{ limit: sagasAtOnce, olderThanMs: this.#oldMs, includingOld },
      ...{ without: this.#window.waiting(), isAcknowledged: this.#o.isAcknowledged },
    })
    if (found.length > 0) this.#pace.moved()
    const taken = this.#window.take(found)
    if (taken.length === 0) return found.length
    const rows = await readOutbox(client, taken).catch(error => {
      for (const row of taken) this.#window.ended(placeText(row))
      throw error
    })
    const read = new Set(rows.map(placeText))
    for (const id of taken.map(placeText)) if (!read.has(id)) this.#window.ended(id)
    this.#o.publisher.publish(rows.map(row => outbound(row, lookedAtMs + firstSendWithinMs)))
    return found.length
  }
}
