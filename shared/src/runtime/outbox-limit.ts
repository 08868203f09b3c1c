/**
 * Rule 33: whether the outbox has room for what commands emit. The database is asked now and then; between its answers
 * what commits and what leaves is counted here, so that a burst does not pass the limit unseen.
 */
export class OutboxLimit {
  readonly #most: number
  #rows = 0

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#rows >= this.#most
  }
  counted(rows: number): void {
    this.#rows = rows
  }
  added(rows: number): void {
    this.#rows += rows
  }
  left(rows: number): void {
    this.#rows = Math.max(0, this.#rows - rows)
  }
}
