import { createDatabase } from '../local/databases.ts'
import { StackError } from '../local/errors.ts'
import { buildPages } from './console-pages.ts'
import { requireFreeConsolePort } from './ports.ts'
import { serviceProcess } from './service-process.ts'
import type { Ground } from './shop.ts'

export interface ConsoleOptions {
  readonly ground: Ground
  readonly port: number
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

export interface StartedConsole {
  /** Where it is; undefined when it does not run, which has been said. */
  readonly url: Promise<string | undefined>
  stop(): Promise<void>
}

/** The console as one more process, on a database of its own. It takes no part: when it does not start, the shop goes on without it. */
export function startConsole(o: ConsoleOptions): StartedConsole {
  const { ground, port, folder, environment, report, signal } = o
  let stop = async () => {}
  const start = async () => {
    await requireFreeConsolePort(port)
    await buildPages({ folder, report, signal })
    const process = serviceProcess({
      ...{ name: 'console', port, folder, report },
      environment: {
        DATABASE_URL: await createDatabase(ground.adminUrl, 'console'),
        KAFKA_BROKERS: ground.brokers.join(','),
        SCHEMA_REGISTRY_URL: ground.registryUrl,
        ...environment,
      },
    })
    stop = process.kill
    await process.start(signal)
    stop = async () => void (await process.stop())
    return process.url
  }
  const url = start().catch(async error => {
    await stop()
    if (!signal.aborted)
      report(
        `the console did not start; the shop runs without it: ${error instanceof StackError ? error.message : error}`,
      )
    return undefined
  })
  return {
    url,
    async stop() {
      await url
      await stop()
    },
  }
}
