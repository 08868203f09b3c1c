import type { LetterRef } from '../../core/act.ts'
import type { Decision } from '../../core/decision.ts'
import type { Rules } from '../../core/rules.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import type { Codec } from '../../kafka/codec.ts'
import type { Participant } from '../../participant.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import { Intake } from '../../runtime/intake.ts'
import { readBy } from '../../runtime/rules.ts'
import { SimulatedDatabase } from './database.ts'
import { Group } from './group.ts'
import { Process } from './process.ts'
import { publishWindowMs } from './publishing.ts'
import { Refusals } from './refusals.ts'
import type { Scenario } from './scenario.ts'
import { simulatedRules } from './simulated-rules.ts'
import { type Thrown, troubled } from './troubled.ts'
import { delayMs, type World } from './world.ts'

/** After so long without a heartbeat the group gives a member's partitions to the others. */
export const sessionTimeoutMs = 10_000
/** The database ends a session that says nothing for so long, inside a transaction or as the sweeper (rules 27 and 28). */
export const idleSessionMs = 5_000
const dueAgainMs = 500

/** A service as it runs: its database, its consumer group, its processes. */
export class SimulatedService {
  readonly name: string
  readonly world: World
  readonly participant: Participant<any, any>
  readonly codec: Codec
  readonly rules: Rules
  readonly intake: Intake
  readonly database: SimulatedDatabase
  readonly topics: readonly string[]
  readonly group: Group<Process>
  readonly targets: NonNullable<Scenario['targets']>
  readonly processes: Process[] = []
  readonly thrown: Thrown = new Map()
  readonly refusals: Refusals
  /** Letters that an operator has seen. */
  readonly letters: LetterRef[] = []
  databaseAwayUntilMs = 0
  #sweeper: Process | undefined
  #sweepAtMs = Number.POSITIVE_INFINITY
  #started = 0

  constructor(o: {
    readonly world: World
    readonly participant: Participant<any, any>
    readonly codec: Codec
    readonly scenario: Scenario
    readonly partitions: number
    readonly safeguards: Partial<Safeguards>
  }) {
    const { world, codec, scenario, partitions } = o
    this.name = o.participant.service
    this.world = world
    this.codec = codec
    this.participant = troubled(o.participant, world, this.thrown)
    this.refusals = new Refusals(world, this.name, this.thrown)
    const tries = { retryMaxAttempts: 5, retryBaseDelayMs: 1_000, retryMaxDelayMs: 10_000 }
    this.rules = simulatedRules(
      this.participant,
      codec,
      { partitions, ...tries },
      scenario.settings?.[this.name],
      o.safeguards,
    )
    this.intake = new Intake({ participant: this.participant, codec, ignored: () => undefined })
    this.database = new SimulatedDatabase(o.participant, scenario.constraints?.[this.name])
    this.targets = scenario.targets ?? {}
    this.topics = [...new Set(readBy(this.participant).map(({ schema }) => schema.topic))]
    this.group = new Group({ topics: this.topics, partitions, assigned: member => member.wake() })
  }

  start(): void {
    const process = new Process(this, `${this.name}-${this.#started++}`)
    this.processes.push(process)
    this.group.join(process)
    this.lookForDue(0)
    this.lookForLeft(0)
  }

  /** The process is gone at once; its group notices later, and another one is started in its place. */
  crash(process: Process, again: { readonly afterMs: number }): void {
    if (!process.end()) return
    this.processes.splice(this.processes.indexOf(process), 1)
    if (this.#sweeper === process) this.#sweeper = undefined
    const { clock, random } = this.world
    clock.after(random.int(0, sessionTimeoutMs), () => this.group.leave(process))
    clock.after(again.afterMs, () => this.start())
  }

  /** SIGSTOP, and SIGCONT after a while: what it had begun goes on as if nothing had happened. */
  pause(process: Process, lastsMs: number): void {
    if (!process.stop()) return
    const { clock } = this.world
    if (lastsMs > idleSessionMs)
      clock.after(idleSessionMs, () => {
        process.loseTransactions()
        if (this.#sweeper === process) this.#sweeper = undefined
        this.lookForLeft(0)
      })
    if (lastsMs > sessionTimeoutMs) clock.after(sessionTimeoutMs, () => this.group.leave(process))
    clock.after(lastsMs, () => {
      process.goOn()
      if (process.isRunning && !this.group.has(process)) this.group.join(process)
    })
  }

  /** What has committed has consequences, even if the process that did it is gone by now. */
  saved(decision: Decision, outbox: readonly StoredRow[]): void {
    const { watch, clock, random } = this.world
    watch.committed(this.name, decision, outbox)
    this.refusals.saved(decision)
    for (const saga of decision.loaded.sagas.keys())
      for (const { dueAtMs } of this.database.sagas.get(saga)?.waiting.values() ?? [])
        if (dueAtMs !== null) this.lookForDue(dueAtMs - clock.nowMs + random.int(0, 200))
    if (outbox.some(({ deferred }) => deferred)) this.lookForLeft(20 + delayMs(this.world))
    else if (outbox.length > 0) this.lookForLeft(2 * publishWindowMs + 1_000)
  }

  /** A row was written that can run at this moment, or something may have become due. */
  lookForDue(afterMs: number): void {
    this.world.clock.after(afterMs, () => {
      const rows = this.database.due(this.world.clock.nowMs)
      if (rows.length === 0) return
      for (const process of this.processes) process.takeDue(rows)
      this.lookForDue(dueAgainMs)
    })
  }

  /** Rule 27: one process at a time publishes what others have left. */
  lookForLeft(afterMs: number): void {
    const { clock } = this.world
    const atMs = clock.nowMs + afterMs
    if (atMs >= this.#sweepAtMs) return
    this.#sweepAtMs = atMs
    clock.after(afterMs, () => {
      if (this.#sweepAtMs !== atMs) return
      this.#sweepAtMs = Number.POSITIVE_INFINITY
      if (this.database.outbox.size === 0) return
      this.#sweeper ??= this.processes.find(({ isRunning }) => isRunning)
      const sweepers = this.rules.safeguards.sweeperLock ? [this.#sweeper] : this.processes
      for (const process of sweepers) process?.sweep()
      this.lookForLeft(
        [...this.database.outbox.values()].some(({ deferred }) => deferred) ? 20 + delayMs(this.world) : 1_000,
      )
    })
  }
}
