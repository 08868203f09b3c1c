/**
 * Merges calls: all that are made before `handle` gets to run, and all that come while it runs, go to it together, in the
 * order in which they were made; it never runs twice at a time. Each call settles as the run that took it did.
 */
export function gather<T>(handle: (items: T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = []
  let running = false

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting
      waiting = []
      try {
        await handle(taken.map(({ item }) => item))
        for (const { resolve } of taken) resolve()
      } catch (error) {
        for (const { reject } of taken) reject(error)
      }
    }
    running = false
  }

  return item =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (running) return
      running = true
      queueMicrotask(() => void run())
    })
}
