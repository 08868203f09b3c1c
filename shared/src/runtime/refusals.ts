/** Rule 22: the events that the broker refuses, for as long as it goes on refusing them. */
export class Refusals {
  readonly #forgetAfterMs: number
  readonly #atMs = new Map<string, number>()

  /** `forgetAfterMs`: longer than it takes until a refused event is sent again, by whichever instance. */
  constructor(forgetAfterMs: number) {
    this.#forgetAfterMs = forgetAfterMs
  }

  /** True when this is news. */
  add(id: string): boolean {
    const isNew = !this.#atMs.has(id)
    this.#atMs.set(id, performance.now())
    return isNew
  }

  taken(id: string): void {
    this.#atMs.delete(id)
  }

  get count(): number {
    const sinceMs = performance.now() - this.#forgetAfterMs
    for (const [id, atMs] of this.#atMs) if (atMs < sinceMs) this.#atMs.delete(id)
    return this.#atMs.size
  }
}
