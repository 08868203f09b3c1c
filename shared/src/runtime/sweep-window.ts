import { placeText } from '../postgres/acknowledged.ts'
import type { SweepablePlace } from '../postgres/sweep-outbox.ts'

const mostRows = 2_000
const mostBytes = 32 * 1024 * 1024
/** Of what the others leave. Partitions without a leader, however many, must not fill the window, and stop the others. */
const shareOfALane = 1 / 4

/** What the sweeper has handed to its publisher and what has not ended yet, and the sagas that wait because of it. */
export class SweepWindow {
  readonly #inFlight = new Map<string, SweepablePlace>()
  readonly #lanes = new Map<string, { rows: number; bytes: number }>()
  #bytes = 0
  /** The broker refused a record of theirs (rule 22): `performance.now()` at which it is asked again. */
  readonly #refusedUntilMs = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#inFlight.size === 0
  }
  get isFull(): boolean {
    return this.#inFlight.size >= mostRows || this.#bytes >= mostBytes
  }

  /** Whom the next sweep leaves out: what they could send now is on its way, or refused. */
  waiting(): { sagas: string[]; lanes: string[] } {
    const nowMs = performance.now()
    for (const [sagaId, untilMs] of this.#refusedUntilMs) if (untilMs <= nowMs) this.#refusedUntilMs.delete(sagaId)
    const sagas = new Set([...this.#inFlight.values()].map(row => row.sagaId))
    const lanes = [...this.#lanes].filter(([lane]) => this.#isLaneFull(lane))
    return { sagas: [...sagas, ...this.#refusedUntilMs.keys()], lanes: lanes.map(([lane]) => lane) }
  }

  /** Takes those in that there is room for; a saga whose row finds none stops there, so that its order holds. */
  take(rows: readonly SweepablePlace[]): SweepablePlace[] {
    const stopped = new Set<string>()
    return rows.filter(row => {
      if (this.isFull || this.#isLaneFull(row.lane)) stopped.add(row.sagaId)
      if (stopped.has(row.sagaId)) return false
      this.#inFlight.set(placeText(row), row)
      this.#add(row, 1)
      return true
    })
  }

  ended(id: string): void {
    const row = this.#inFlight.get(id)
    if (!row) return
    this.#inFlight.delete(id)
    this.#add(row, -1)
  }

  refused(id: string, againAfterMs: number): void {
    const sagaId = this.#inFlight.get(id)?.sagaId
    if (sagaId !== undefined) this.#refusedUntilMs.set(sagaId, performance.now() + againAfterMs)
    this.ended(id)
  }

  #add({ lane, bytes }: SweepablePlace, rows: 1 | -1): void {
    this.#bytes += rows * bytes
    const { rows: before, bytes: bytesBefore } = this.#lanes.get(lane) ?? { rows: 0, bytes: 0 }
    if (before + rows > 0) this.#lanes.set(lane, { rows: before + rows, bytes: bytesBefore + rows * bytes })
    else this.#lanes.delete(lane)
  }

  #isLaneFull(lane: string): boolean {
    const { rows, bytes } = this.#lanes.get(lane) ?? { rows: 0, bytes: 0 }
    const [rowsLeft, bytesLeft] = [mostRows - (this.#inFlight.size - rows), mostBytes - (this.#bytes - bytes)]
    return rows >= rowsLeft * shareOfALane || bytes >= bytesLeft * shareOfALane
  }
}
