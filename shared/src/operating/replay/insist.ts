import { setTimeout as sleep } from 'node:timers/promises'
import { Silence } from '../admin.ts'

/** The owner has not answered for too long: the run stops, and can be resumed. */
export class OwnerAway extends Error {}
/** Ctrl-C came while the owner did not answer. */
export class Interrupted extends Error {}

/**
 * Asks again, after growing pauses, while there is no answer. Whether an act was taken is then not known, but asked twice
 * it does nothing twice (rule 19).
 * @throws OwnerAway, Interrupted
 */
export async function insist<T>(
  service: string,
  ask: () => Promise<T>,
  o: { readonly patienceMs: number; readonly stopping?: AbortSignal },
): Promise<T> {
  const deadlineMs = performance.now() + o.patienceMs
  for (let pauseMs = 200; ; pauseMs = Math.min(2 * pauseMs, 5_000)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Silence)) throw error
      if (performance.now() + pauseMs > deadlineMs) throw new OwnerAway(`${service} ${error.message}`)
      if (o.stopping?.aborted) throw new Interrupted(`${service} ${error.message}`)
      await sleep(pauseMs, undefined, o.stopping && { signal: o.stopping }).catch(() => undefined)
    }
  }
}
