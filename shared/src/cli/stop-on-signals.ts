import { exit } from './exit.ts'

/**
 * While a plan is replayed, the first Ctrl-C ends what is under way, and another ends the process; else it ends it at once,
 * as everywhere. One keystroke may reach us twice: from the terminal, and passed on by whoever started us.
 */
export function stopOnSignals(): { readonly stopping: AbortSignal; release(): void } {
  const stopping = new AbortController()
  let firstMs: number | undefined
  const stop = () => {
    firstMs ??= performance.now()
    if (performance.now() - firstMs > 1_000) process.exit(exit.interrupted)
    stopping.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return {
    stopping: stopping.signal,
    release: () => void process.off('SIGINT', stop).off('SIGTERM', stop),
  }
}
