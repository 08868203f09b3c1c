import { journalOf, loadPlan, ownersOf, type Reach, replayPlan, standingOf, writeCancelled } from 'saga-kit/operating'
import { type Log, ownProblem } from 'saga-kit/parts'
import type { ParticipantsFor } from './participants-for.ts'

/** How long an owner may be silent, and how long a message may take to its end. */
const patienceMs = 60_000
/** Pages are told of progress so often. */
const toldEveryMs = 500

export interface RunsOptions {
  readonly participantsFor: ParticipantsFor
  readonly reach: Reach
  /** Where plans are, as the command line finds them. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly changed: (planId: string) => void
  readonly log: Log
}

interface Run {
  readonly stopping: AbortController
  readonly over: Promise<void>
}

/** The plans that this process replays. What is told of a plan comes from its journal, so that it matters not who runs it. */
export class Runs {
  readonly #o: RunsOptions
  readonly #running = new Map<string, Run>()

  constructor(o: RunsOptions) {
    this.#o = o
  }

  /** `ending`: it ends after what is under way. */
  of(planId: string): 'running' | 'ending' | undefined {
    const run = this.#running.get(planId)
    return run && (run.stopping.signal.aborted ? 'ending' : 'running')
  }

  /** Begins a plan, or goes on with it. @throws OperatingError, Problem 409 `plan-running`, `plan-over` */
  begin(planId: string, operator: string, rate: number | null): void {
    const { participantsFor, reach, env } = this.#o
    const { plan, file } = loadPlan(planId, env)
    if (this.#running.has(planId)) throw ownProblem(409, 'Conflict', 'plan-running', `plan ${planId} is being replayed`)
    if (!standingOf(plan, file).canGoOn)
      throw ownProblem(
        409,
        'Conflict',
        'plan-over',
        `of plan ${planId} nothing is left to do: make a new one of what is dead`,
      )
    const services = [...new Set(plan.letters.map(({ service }) => service))]
    const participants = participantsFor(operator, services)
    // Said to who asks, not only in the journal.
    ownersOf(plan, participants)
    const stopping = new AbortController()
    const over = replayPlan({
      ...{ plan, file, participants, waitMs: patienceMs, stopping: stopping.signal },
      ...{ reach: { ...reach, operator }, rate: rate ?? undefined, progress: this.#progressOf(planId) },
    })
      .then(
        () => undefined,
        error => this.#o.log.error({ err: error, plan: planId }, 'the replay of a plan has failed'),
      )
      .then(() => {
        this.#running.delete(planId)
        this.#o.changed(planId)
      })
    this.#running.set(planId, { stopping, over })
    this.#o.changed(planId)
  }

  /** What is under way is finished; another run goes on. @throws OperatingError, Problem 409 `plan-elsewhere` */
  pause(planId: string): void {
    const { plan, file } = loadPlan(planId, this.#o.env)
    if (!this.#running.has(planId) && standingOf(plan, file).status === 'running') throw elsewhere(planId)
    this.#running.get(planId)?.stopping.abort()
    this.#o.changed(planId)
  }

  /** What is left is not done any more. @throws OperatingError, Problem 409 `plan-elsewhere`, `plan-over` */
  cancel(planId: string, operator: string): void {
    const { plan, file } = loadPlan(planId, this.#o.env)
    const standing = standingOf(plan, file)
    if (!standing.canGoOn) throw ownProblem(409, 'Conflict', 'plan-over', `of plan ${planId} nothing is left to do`)
    if (!this.#running.has(planId) && standing.status === 'running') throw elsewhere(planId)
    writeCancelled(journalOf(file), operator)
    this.#running.get(planId)?.stopping.abort()
    this.#o.changed(planId)
  }

  /** What is under way is finished; the plans can be gone on with. */
  async stop(): Promise<void> {
    const all = [...this.#running.values()]
    for (const { stopping } of all) stopping.abort()
    await Promise.all(all.map(({ over }) => over))
  }

  #progressOf(planId: string) {
    let isToldSoon = false
    const tell = () => {
      if (isToldSoon) return
      isToldSoon = true
      setTimeout(() => {
        isToldSoon = false
        this.#o.changed(planId)
      }, toldEveryMs).unref()
    }
    return { ended: tell, skipped: tell }
  }
}

const elsewhere = (planId: string) =>
  ownProblem(
    ...([409, 'Conflict', 'plan-elsewhere'] as const),
    `plan ${planId} is replayed by another process, a command line or another console: stop it there`,
  )
