import { RegistryUnavailable } from '../kafka/registry-request.ts'
import type { Pauses } from './pauses.ts'

/** Whether the registry answers, as those who read messages found it; one of them alone must not say that it is back. */
export class RegistryPause {
  readonly #pauses: Pauses
  readonly #waiting = new Set<string>()

  constructor(pauses: Pauses) {
    this.#pauses = pauses
  }

  answered(reader: string): void {
    if (this.#waiting.delete(reader) && this.#waiting.size === 0) this.#pauses.set('registry', false)
  }

  /** True when the error was the registry's, so that no message is at fault (rule 21). */
  explains(reader: string, error: unknown): boolean {
    if (!(error instanceof RegistryUnavailable)) return false
    this.#waiting.add(reader)
    this.#pauses.set('registry', true, error)
    return true
  }
}
