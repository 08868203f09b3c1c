import type { Pool } from 'pg'
import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import { type DueRow, findDue, findNextDue, findOrphans } from '../postgres/find-due.ts'
import type { ReactionDefinition } from '../reaction.ts'
import type { Calls, Take } from './calls.ts'
import type { Engine, Item } from './engine.ts'
import type { Log } from './logs.ts'
import { Pace } from './pace.ts'
import { dueDelivery } from './read-message.ts'
import type { RegistryPause } from './registry-pause.ts'

const pollMs = 200
/** At rest it is known what becomes due next, but for what another instance may write. */
const restPollMs = 1_000
/** While the registry does not answer, events are tried again this seldom, and timers go on. */
const registryRetryMs = 1_000

export interface DueSourceOptions {
  readonly participant: Participant
  readonly pool: Pool
  readonly codec: Codec
  readonly engine: Engine
  readonly maxBatch: number
  readonly log: Log
  /** Those of this member. */
  readonly partitions: () => readonly number[]
  readonly registry: RegistryPause
  readonly calls: Pick<Calls, 'takes'>
  readonly trouble: (error: unknown) => void
  /** False while a restored database catches up: a timer that is due may have been cancelled by what is still to come. */
  readonly timers: boolean
}

/** Runs what has become due: retries, timers, heads of queues, calls that were lost. */
export class DueSource {
  readonly #o: DueSourceOptions
  readonly #reactions: ReadonlyMap<string, ReactionDefinition>
  readonly #stopping = new AbortController()
  readonly #pace = new Pace({ awakeEveryMs: pollMs, restEveryMs: restPollMs })
  /** `performance.now()` until which only what needs no schema is taken. */
  #withoutEventsUntilMs = 0
  #running: Promise<void> = Promise.resolve()

  constructor(o: DueSourceOptions) {
    this.#o = o
    this.#reactions = new Map(o.participant.reactions.map(r => [r.trigger.type, r]))
  }

  run(): void {
    this.#running = this.#loop()
  }

  /** Something became due just now: look at once. */
  nudge(): void {
    this.#pace.wanted()
  }

  /** Rows were committed here: one may become due sooner than what was known. */
  moved(): void {
    this.#pace.moved()
  }

  /** Finishes the batch at work. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    await this.#tellOrphans().catch(this.#o.trouble)
    while (!signal.aborted) {
      let dueInMs = 0
      try {
        dueInMs = await findNextDue(this.#o.pool)
        if (dueInMs <= 0 && (await this.#takeAll())) continue
      } catch (error) {
        if (!signal.aborted) this.#o.trouble(error)
      }
      await this.#pace.wait(signal, dueInMs)
    }
  }

  /** True when there may be more. */
  async #takeAll(): Promise<boolean> {
    const { calls, maxBatch } = this.#o
    const free = [...this.#reactions.values()].filter(({ handler }) => handler.form !== 'effect')
    let isMore = await this.#take({ types: free.map(({ trigger }) => trigger.type), most: maxBatch })
    // Rule 23: a message that has no turn stays where it is. To begin it and to give it back would be two writes for nothing.
    for (const take of calls.takes()) if (await this.#take(take)) isMore = true
    return isMore
  }

  /** True when there may be more. */
  async #take({ types, most, probe }: Take): Promise<boolean> {
    const { pool, engine, maxBatch, partitions } = this.#o
    const { signal } = this.#stopping
    const limit = Math.min(most, maxBatch)
    const runnable = this.#types().filter(type => types.includes(type))
    if (limit === 0 || runnable.length === 0 || signal.aborted) return false
    const rows = await findDue(pool, partitions(), limit, runnable)
    if (rows.length === 0) return false
    if (!(await this.#prepared(rows))) return true
    await engine.process(this.#items(rows, probe && { probe }), signal)
    return !probe && rows.length === limit
  }

  /** Those that can be run now: a message whose reaction a release took away waits for the one that brings it back. */
  #types(): string[] {
    const withEvents = performance.now() >= this.#withoutEventsUntilMs
    return [...this.#reactions.values()]
      .filter(({ trigger }) => (trigger.kind === 'timer' ? this.#o.timers : withEvents || trigger.kind !== 'event'))
      .map(({ trigger }) => trigger.type)
  }

  async #tellOrphans(): Promise<void> {
    for (const orphans of await findOrphans(this.#o.pool, [...this.#reactions.keys()]))
      this.#o.log.error(
        orphans,
        `nothing reacts to ${orphans.type} any more; its messages keep waiting, and their sagas`,
      )
  }

  /** False when the registry does not answer: events then wait, without a try counted, and timers do not wait for them. */
  async #prepared(rows: readonly DueRow[]): Promise<boolean> {
    const isEvent = ({ messageType }: DueRow) => this.#reactions.get(messageType)?.trigger.kind === 'event'
    try {
      await this.#o.codec.prepare(rows.flatMap(row => (isEvent(row) ? (row.envelope.body ?? []) : [])))
      if (rows.some(isEvent)) this.#o.registry.answered('due')
      return true
    } catch (error) {
      if (!this.#o.registry.explains('due', error)) throw error
      this.#withoutEventsUntilMs = performance.now() + registryRetryMs
      return false
    }
  }

  #items(rows: readonly DueRow[], as: { readonly probe?: true } = {}): Item[] {
    const takenAtMs = performance.now()
    return rows.flatMap(row => {
      const reaction = this.#reactions.get(row.messageType)
      return reaction ? { ...dueDelivery(this.#o.codec, reaction, row, as), takenAtMs } : []
    })
  }
}
