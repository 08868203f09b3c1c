/**
 * Collects items while a batch of earlier ones is at work, and hands over what has come since as the next batch: the
 * busier it is, the larger its batches, and an item that comes alone never waits.
 */
export class Batcher<T> {
  readonly #work: (items: T[]) => Promise<void>
  readonly #maxBatch: number
  #items: T[] = []
  #running: Promise<void> | undefined

  /** `work` settles every item itself and must not throw. */
  constructor(maxBatch: number, work: (items: T[]) => Promise<void>) {
    this.#maxBatch = maxBatch
    this.#work = work
  }

  get size(): number {
    return this.#items.length
  }

  /** The one that has waited longest. */
  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    this.#items.push(item)
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is left. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // One turn of the event loop: requests that arrived together share the first transaction too.
    await new Promise(setImmediate)
    while (this.#items.length > 0) await this.#work(this.#items.splice(0, this.#maxBatch))
    this.#running = undefined
  }
}
