interface Appointment {
  readonly atMs: number
  readonly nth: number
  readonly run: () => void
}

/** Virtual time: it jumps from one appointment to the next, and those of one moment come in the order they were made. */
export class Clock {
  /** A binary heap. */
  readonly #appointments: Appointment[] = []
  #made = 0
  #nowMs: number

  constructor(beginMs: number) {
    this.#nowMs = beginMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): void {
    const heap = this.#appointments
    const made = { atMs: this.#nowMs + Math.max(0, delayMs), nth: this.#made++, run }
    let at = heap.push(made) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(made, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = made
  }

  /** Keeps the next appointment. False when there is none: nothing will ever happen again. */
  runNext(): boolean {
    const heap = this.#appointments
    const next = heap[0]
    if (!next) return false
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    this.#nowMs = next.atMs
    next.run()
    return true
  }

  #sink(moved: Appointment): void {
    const heap = this.#appointments
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, moved)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = moved
  }
}

const isBefore = (a: Appointment, b: Appointment) => a.atMs < b.atMs || (a.atMs === b.atMs && a.nth < b.nth)
