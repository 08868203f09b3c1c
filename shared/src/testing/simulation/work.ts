import type { Process } from './process.ts'
import type { Steps } from './steps.ts'
import { ConnectionLost } from './trouble.ts'
import { delayMs } from './world.ts'

interface Running {
  readonly steps: Steps<void>
  inTransaction: boolean
  /** Counts its steps. */
  turn: number
}

/** What a process is doing at the moment, several things at once: drives each a step at a time, and breaks some on the way. */
export class Work {
  readonly #process: Process
  readonly #running = new Set<Running>()

  constructor(process: Process) {
    this.#process = process
  }

  begin(steps: Steps<void>): void {
    const running = { steps, inTransaction: false, turn: 0 }
    this.#running.add(running)
    this.#step(running)
  }

  /** As a killed process leaves it. */
  end(): void {
    for (const { steps } of this.#running) steps.return()
    this.#running.clear()
  }

  /** The database has ended the sessions that said nothing inside their transactions. */
  loseTransactions(): void {
    for (const running of [...this.#running]) if (running.inTransaction) this.#step(running, new ConnectionLost())
  }

  #step(running: Running, error?: ConnectionLost): void {
    if (!this.#running.has(running)) return
    const { service, name } = this.#process
    const { world } = service
    const { value: stop, done } = error ? running.steps.throw(error) : running.steps.next()
    const turn = ++running.turn
    /** Unless its transaction was taken from it meanwhile: then it has gone on otherwise. */
    const goOnAfter = (ms: number, broken?: () => ConnectionLost | undefined) =>
      this.#process.after(ms, () => turn === running.turn && this.#step(running, broken?.()))
    if (done) {
      this.#running.delete(running)
      return
    }
    running.inTransaction = stop.at !== 'paused' && stop.at !== 'committed'
    if (stop.at === 'paused') return goOnAfter(stop.ms)
    // Not a look every few milliseconds: behind one slow transaction dozens may wait, and a run has only so many steps.
    if (stop.at === 'blocked') return stop.whenFree(() => goOnAfter(world.random.int(1, 5)))
    const { rates, random } = world
    const drawn = random.next()
    if (drawn < rates.crash) {
      world.tell?.(name, `its process is killed (${stop.at})`)
      return service.crash(this.#process, { afterMs: random.int(10, 12_000) })
    }
    const isLost = drawn < rates.crash + rates.connectionLost
    goOnAfter(delayMs(world), () => {
      if (!isLost && world.clock.nowMs >= service.databaseAwayUntilMs) return undefined
      world.tell?.(name, `its connection to the database breaks (${stop.at})`)
      return new ConnectionLost()
    })
  }
}
