import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for a condition instead of for time: gives the first value that is neither undefined nor false.
 * @param seen is asked at the end of the wait, so that the failure says what was there instead
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  o: { limitMs?: number; everyMs?: number; seen?: () => unknown } = {},
): Promise<T> {
  const { limitMs = 40_000, everyMs = 50 } = o
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) {
      const seen = o.seen && ` Instead: ${JSON.stringify(await o.seen())}`
      throw new Error(`not within ${limitMs} ms: ${what}.${seen ?? ''}`)
    }
    await sleep(everyMs)
  }
}
