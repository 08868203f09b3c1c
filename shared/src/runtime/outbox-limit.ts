/**
 * Rule 33: whether the outbox has room for what commands emit. The database is asked now and then; between its answers
 * what commits and what leaves is counted here, so that a burst does not pass the limit unseen.
 */
export class OutboxLimit {
  readonly #most: number
  #rows = 0
  #everAdded = 0

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#rows >= this.#most
  }
  /**
   * Called before the database is asked; what it gives takes the answer. What is added meanwhile may be missing from the
   * answer, so it counts on top of it: until the next answer the limit may come early, never late.
   */
  counting(): (rows: number) => void {
    const before = this.#everAdded
    return rows => {
      this.#rows = rows + this.#everAdded - before
    }
  }
  added(rows: number): void {
    this.#rows += rows
    this.#everAdded += rows
  }
  left(rows: number): void {
    this.#rows = Math.max(0, this.#rows - rows)
  }
}
