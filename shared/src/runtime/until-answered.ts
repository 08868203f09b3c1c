import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../errors.ts'
import type { Pauses } from './pauses.ts'

/** At start others may be starting too: what does not answer is asked again, what answers wrongly is told. */
export async function untilAnswered<T>(what: string, pauses: Pauses, ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await ask()
      pauses.set(what, false)
      return answer
    } catch (error) {
      if (error instanceof StartError) throw error
      pauses.set(what, true, error)
      await sleep(Math.min(200 * 2 ** tries, 5_000))
    }
  }
}
