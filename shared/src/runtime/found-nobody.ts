/** Messages of one step that are remembered; of those that fall out, one outage more is believed. */
const mostRemembered = 1_000

/**
 * Tells a target that is away from a message that alone finds nobody, having a target of its own (rule 23): others of its
 * step, begun after it had found nobody, were answered, and yet it finds nobody again.
 */
export class FoundNobody {
  #begun = 0
  /** The latest call that was answered. One from before an outage proves nothing, whenever it is answered. */
  #answered = 0
  /** How many calls had begun when the message last found nobody; in that order. */
  readonly #messages = new Map<string, number>()

  /** Gives the call's number. */
  begins(): number {
    return ++this.#begun
  }

  answered(message: string, call: number): void {
    this.#answered = Math.max(this.#answered, call)
    this.#messages.delete(message)
  }

  /** The message has found nobody. True when that is its own fault. */
  again(message: string): boolean {
    const before = this.#messages.get(message)
    this.#messages.delete(message)
    this.#messages.set(message, this.#begun)
    if (this.#messages.size > mostRemembered) this.#messages.delete(this.#messages.keys().next().value!)
    return before !== undefined && this.#answered > before
  }
}
