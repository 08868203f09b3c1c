/** Makes a task that any number of callers may ask for: it runs once at a time, again after `pauseMs` at the earliest, and after a growing pause while it fails. */
export function inBackground(o: {
  readonly task: () => Promise<void>
  readonly pauseMs: number
  /** After each run. */
  readonly after: (error: Error | undefined) => void
}): () => void {
  let running = false
  let failures = 0
  let notBeforeMs = 0

  async function run(): Promise<void> {
    running = true
    let failure: Error | undefined
    try {
      await o.task()
      failures = 0
    } catch (error) {
      failure = error as Error
      failures++
    }
    running = false
    notBeforeMs = performance.now() + (failures === 0 ? o.pauseMs : Math.min(50 * 2 ** failures, 1_000))
    o.after(failure)
  }
  return () => {
    if (!running && performance.now() >= notBeforeMs) void run()
  }
}
