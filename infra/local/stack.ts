/** PostgreSQL, Kafka and the schema registry on this machine without Docker. See README.md beside this file. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { majorMinor, requireSameVersion } from './data-version.ts'
import { createDatabase } from './databases.ts'
import { lockFolder } from './folder-lock.ts'
import { fetchJars, pomVersion } from './jars.ts'
import { findJava } from './java.ts'
import { prepareKafka } from './kafka.ts'
import type { ForwardedListener } from './kafka-properties.ts'
import { endLeftovers } from './leftovers.ts'
import type { OwnedPart, Part } from './part.ts'
import { freePorts, type Ports, requireFreePorts } from './ports.ts'
import { findBinaries, preparePostgres } from './postgres.ts'
import { prepareRegistry } from './registry.ts'

export { StackError } from './errors.ts'
export type { Part } from './part.ts'

export interface StackOptions {
  /** Created when it is not there. One launcher at a time. */
  readonly dataFolder: string
  readonly ports: 'free' | Ports
  /** Told what is being waited for, a line at a time. */
  readonly report: (line: string) => void
  /** Aborting it stops what was started so far, and the start rejects with its reason. Heeded only while starting. */
  readonly signal?: AbortSignal
  /** Where the downloaded jars are kept, for all data folders. */
  readonly cacheFolder?: string
  /** How long each part may take until it answers. */
  readonly startLimitMs?: number
  /** Of the broker, for clients that reach it through something else. */
  readonly forwarded?: readonly ForwardedListener[]
}

export interface Stack {
  /** host:port */
  readonly brokers: readonly string[]
  /** The Confluent-compatible API: ends in /apis/ccompat/v7. */
  readonly registryUrl: string
  /** Of the PostgreSQL superuser. */
  readonly adminUrl: string
  readonly broker: Part
  readonly database: Part
  readonly registry: Part
  /** Creates the role NAME and its database NAME, unless they are there, and gives the URL of that role. */
  createDatabase(name: string): Promise<string>
  /** In order, keeping the data. */
  stop(): Promise<void>
  /** At once, removing the data. */
  destroy(): Promise<void>
}

const defaultCache = resolve(import.meta.dirname, '../../.local/jars')

export async function startStack(options: StackOptions): Promise<Stack> {
  const { report, cacheFolder = defaultCache, startLimitMs = 120_000, forwarded = [] } = options
  const dataFolder = resolve(options.dataFolder)
  const isNew = !existsSync(dataFolder) || readdirSync(dataFolder).length === 0
  const lock = lockFolder(dataFolder)
  if (isNew) chmodSync(dataFolder, 0o711) // PostgreSQL may have to run as another user, for whom mkdtemp's 0700 is closed
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const started: OwnedPart[] = []

  async function start<P extends OwnedPart>(part: P): Promise<void> {
    started.push(part)
    await part.start(signal)
  }

  try {
    signal.throwIfAborted()
    await endLeftovers(dataFolder, report)
    rmSync(join(dataFolder, 'tmp'), { recursive: true, force: true })
    const java = await findJava(process.env)
    const binaries = await findBinaries()
    requireSameVersion(dataFolder, {
      postgres: execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8' }).replace(/^\D*(\d+).*\n/, '$1'),
      kafka: majorMinor(pomVersion('kafka')),
      registry: majorMinor(pomVersion('registry')),
    })
    const ports = await choosePorts(options.ports)
    const jars = await fetchJars(resolve(cacheFolder), report, signal)

    const common = { dataFolder, startLimitMs, report, signal }
    const postgres = await preparePostgres({ ...common, binaries, port: ports.postgres, secret: secretOf(dataFolder) })
    const { kafka: port, controller: controllerPort } = ports
    const kafka = prepareKafka({ ...common, java, classPath: jars.kafkaClassPath, port, controllerPort, forwarded })
    const registry = prepareRegistry({
      ...common,
      java,
      jar: jars.registryJar,
      port: ports.registry,
      adminUrl: postgres.url,
    })

    await allOrNone(failed, [start(kafka), start(postgres.part).then(() => start(registry.part))])
    return {
      brokers: [`127.0.0.1:${ports.kafka}`],
      registryUrl: registry.url,
      adminUrl: postgres.url,
      broker: kafka,
      database: postgres.part,
      registry: registry.part,
      createDatabase: name => createDatabase(postgres.url, name),
      stop: async () => {
        await Promise.all([kafka.stop(), registry.part.stop()])
        await postgres.part.stop()
        lock.release()
      },
      destroy: async () => {
        await Promise.all(started.map(part => part.discard()))
        rmSync(dataFolder, { recursive: true, force: true }) // and with it the lock
      },
    }
  } catch (error) {
    await Promise.all(started.map(part => part.discard()))
    lock.release()
    throw error
  }
}

/** The first failure aborts the others; rejects with it once all have heeded that and start nothing any more. */
async function allOrNone(failed: AbortController, starts: Promise<void>[]): Promise<void> {
  for (const start of starts) start.catch(error => failed.abort(error))
  await Promise.allSettled(starts)
  failed.signal.throwIfAborted()
}

async function choosePorts(ports: 'free' | Ports): Promise<Ports & { controller: number }> {
  if (ports !== 'free') {
    await requireFreePorts(ports)
    return { ...ports, controller: (await freePorts(1))[0]! }
  }
  const [postgres, kafka, registry, controller] = await freePorts(4)
  return { postgres: postgres!, kafka: kafka!, registry: registry!, controller: controller! }
}

/** What the passwords are derived from: made once for a data folder and known to nobody else on the machine. */
function secretOf(dataFolder: string): string {
  const path = join(dataFolder, 'secret')
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(path, 'utf8')
}
