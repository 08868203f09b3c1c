import type { Pool } from 'pg'
import type { Decision } from '../core/decision.ts'
import { findAnswered } from '../postgres/find-answered.ts'
import type { ReactionDefinition, Trigger } from '../reaction.ts'
import { Pace } from './pace.ts'
import { UnderWay } from './under-way.ts'

const askEveryMs = 100
const restMs = 2_000

/**
 * Rule 33: turns commands away that would begin sagas for which others have no time. A service knows of no other one, nor of
 * its backlog; it knows what it has begun, and in its own saga log, whichever instance has written it, what was answered.
 */
export class Door {
  readonly #pool: Pool
  /** Commands that wait for an answer. */
  readonly #begin: ReadonlySet<Trigger>
  /** Steps that an answer begins. */
  readonly #answering: readonly string[]
  readonly #underWay: UnderWay
  readonly #pace = new Pace({ awakeEveryMs: askEveryMs, restEveryMs: restMs })
  readonly #trouble: (error: unknown) => void
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(o: {
    readonly reactions: readonly ReactionDefinition[]
    readonly pool: Pool
    readonly burst: number
    readonly most: number
    readonly waitMs: number
    readonly trouble: (error: unknown) => void
  }) {
    this.#pool = o.pool
    this.#trouble = o.trouble
    this.#underWay = new UnderWay(o)
    this.#begin = new Set(o.reactions.flatMap(({ trigger, answeredBy }) => (answeredBy.length > 0 ? [trigger] : [])))
    const answers = new Set(o.reactions.flatMap(({ answeredBy }) => answeredBy.map(({ type }) => type)))
    this.#answering = o.reactions.filter(({ trigger }) => answers.has(trigger.type)).map(({ step }) => step)
  }

  run(): void {
    if (this.#answering.length > 0) this.#running = this.#loop()
  }

  /** Sagas that commands have begun here and that nobody has answered yet; of those between two looks, about. */
  get underWay(): number {
    return this.#underWay.count
  }

  get retryAfterSeconds(): number {
    return this.#underWay.retryAfterSeconds
  }

  isShutTo(command: Trigger): boolean {
    return this.#begin.has(command) && this.#underWay.isFull
  }

  committed({ decided }: Decision): void {
    const begun = decided.flatMap(({ delivery, outcome }) =>
      outcome === 'accepted' && this.#begin.has(delivery.reaction.trigger) ? [delivery.sagaId] : [],
    )
    if (begun.length === 0) return
    this.#underWay.begun(begun)
    this.#pace.moved()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const { waiting } = this.#underWay
      try {
        if (waiting.length > 0) this.#underWay.answered(await findAnswered(this.#pool, waiting, this.#answering))
      } catch (error) {
        if (!signal.aborted) this.#trouble(error)
      }
      // Nothing begins while it is shut, and it opens with an answer.
      if (this.#underWay.isFull) this.#pace.moved()
      await this.#pace.wait(signal)
    }
  }
}
