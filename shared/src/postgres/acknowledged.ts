/** A row of the outbox, by its place. */
export interface OutboxPlace {
  readonly seq: number
  readonly n: number
}
/** The place as a key, and as the id of the record that the row becomes. */
export const placeText = ({ seq, n }: OutboxPlace) => `${seq}/${n}`

/**
 * Rule 26: rows that the broker has acknowledged to this process and that are not yet deleted. Each belongs to one
 * deletion at a time, and comes back if the database does not take that one.
 */
export class Acknowledged {
  readonly #waiting = new Map<string, OutboxPlace>()
  readonly #beingDeleted = new Map<string, OutboxPlace>()
  /** Places of the last deletion: a transaction that looked before it must not defer behind them. */
  #deleted: ReadonlySet<string> = new Set()
  readonly #givesBack: boolean

  /** `givesBack`: for tests of the safeguard only. */
  constructor(givesBack = true) {
    this.#givesBack = givesBack
  }

  add(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#waiting.set(placeText(row), { seq: row.seq, n: row.n })
  }
  /** True for a row that is acknowledged and not yet deleted: publishing it again would be a copy for nothing. */
  has(row: OutboxPlace): boolean {
    const place = placeText(row)
    return this.#waiting.has(place) || this.#beingDeleted.has(place)
  }
  /** Of these rows, which a transaction has found, those whose acknowledgement this process has not seen (rule 24). */
  unacknowledged<T extends OutboxPlace>(rows: readonly T[]): T[] {
    return rows.filter(row => !this.has(row) && !this.#deleted.has(placeText(row)))
  }
  get size(): number {
    return this.#waiting.size
  }
  take(most = Number.POSITIVE_INFINITY): OutboxPlace[] {
    const rows: OutboxPlace[] = []
    for (const [place, row] of this.#waiting) {
      if (rows.length >= most) break
      rows.push(row)
      this.#waiting.delete(place)
      this.#beingDeleted.set(place, row)
    }
    return rows
  }
  deleted(rows: readonly OutboxPlace[]): void {
    this.#deleted = new Set(rows.map(placeText))
    for (const place of this.#deleted) this.#beingDeleted.delete(place)
  }
  giveBack(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#beingDeleted.delete(placeText(row))
    if (this.#givesBack) this.add(rows)
  }
  /** With a connection that was lost: a replica that was behind may answer next, with another saga's row in such a place. */
  forget(): void {
    this.#waiting.clear()
    this.#beingDeleted.clear()
    this.#deleted = new Set()
  }
}
