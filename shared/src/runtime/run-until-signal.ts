import { constants } from 'node:os'
import { StartError } from '../errors.ts'

/**
 * The main program of a service: SIGTERM and SIGINT stop it in order. A wrong setting is one line on stderr and exit code 78
 * (EX_CONFIG of sysexits.h); an orchestrator gains nothing by restarting it.
 */
export async function runUntilSignal(name: string, start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  // Process 1 of a container has no default action for signals: it would hear of none while it starts, and a service waits
  // long for a registry that is away. What it has begun may be left at any instant.
  const endAtOnce = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal])
  process.on('SIGTERM', endAtOnce).on('SIGINT', endAtOnce)
  try {
    const service = await start()
    let stopping = false
    const stop = (signal: NodeJS.Signals) => {
      if (stopping) return
      stopping = true
      // The platform kills what is not gone by its grace period; what is unfinished then comes again elsewhere.
      service.stop().then(
        () => process.exit(0),
        error => {
          console.error(`${name}: stopping on ${signal} failed:`, error)
          process.exit(1)
        },
      )
    }
    process.off('SIGTERM', endAtOnce).off('SIGINT', endAtOnce)
    process.on('SIGTERM', stop).on('SIGINT', stop)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error(`${name}: ${error.message} [${error.code}]`)
    process.exit(78)
  }
}
