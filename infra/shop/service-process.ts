import { join } from 'node:path'
import { type Child, logFile, startChild } from '../local/child.ts'
import { createPart } from '../local/part.ts'

const services = join(import.meta.dirname, '../../services')

export interface ServiceProcess {
  readonly name: string
  readonly url: string
  readonly logFile: string
  readonly pid: number | undefined
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGSTOP. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** SIGTERM; resolves with the exit code, or null when it had to be killed or never ran. */
  stop(): Promise<number | null>
  /**
   * Starts it (again) and resolves when /readyz says so.
   * @throws StackError part-ended, part-slow: with the end of its log
   */
  start(signal?: AbortSignal): Promise<void>
}

export interface ServiceProcessOptions {
  /** Its folder in services/, unless it has a program of its own. */
  readonly name: string
  readonly port: number
  /** Where it is written down, so that the next launcher finds it; its log is in `logs` below. */
  readonly folder: string
  /** Of its files in the folder, when that is not the service's own: for a second instance. */
  readonly fileName?: string
  readonly environment: Readonly<Record<string, string>>
  /** What is run instead of the service's own main program, with its arguments: for tests of the safeguards. */
  readonly program?: readonly string[]
  readonly startLimitMs?: number
  readonly report?: (line: string) => void
}

/** One service as a process of its own, as `node services/<name>/src/main.ts` runs it in production. */
export function serviceProcess(o: ServiceProcessOptions): ServiceProcess {
  const { name, port, folder, fileName = name, startLimitMs = 60_000, report = () => {} } = o
  const { program = [join(services, name, 'src/main.ts')] } = o
  const url = `http://127.0.0.1:${port}`
  let child: Child | undefined

  const part = createPart({
    name: fileName,
    startLimitMs,
    report,
    launch: () => {
      child = startChild({
        name: fileName,
        folder,
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', ...program],
        env: {
          ...withoutOurs(process.env),
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          ...o.environment,
          PORT: String(port),
        },
        endSignal: 'SIGTERM',
      })
      return child
    },
    probe: async () => {
      const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
      if (status !== 200) throw new Error(`/readyz answers ${status}`)
    },
  })

  return {
    name,
    url,
    logFile: logFile(folder, fileName),
    get pid() {
      return child?.id.pid
    },
    kill: () => part.kill(),
    // A signal is sent before the promise is there.
    pause: () => void part.pause(),
    resume: () => void part.resume(),
    async stop() {
      await part.stop()
      return child?.exitCode() ?? null
    },
    start: signal => part.start(signal),
  }
}

/** A child inherits what is not taken away, and a DATABASE_URL of the developer's shell is not meant for the shop. */
const withoutOurs = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.keys(env).map(name => [name, undefined]))
