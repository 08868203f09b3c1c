import { join } from 'node:path'
import type pg from 'pg'
import { freePorts } from '../../../infra/local/ports.ts'
import { type ServiceProcess, type ServiceProcessOptions, serviceProcess } from '../../../infra/shop/service-process.ts'
import { createShopTopics, type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { type Stack, startStack } from '../../../infra/stack.ts'
import { startSmtpServer } from '../../../services/notification/src/smtp-server.fixture.ts'
import { createPool } from '../../../shared/src/postgres/connect.ts'
import { type InstanceName, instanceNames, publishWindowMs, serviceOf } from '../plan.ts'
import { type Link, openLink } from './link.ts'
import { kafkaFrames } from './produce-frames.ts'

export interface Instance {
  readonly name: InstanceName
  readonly service: ServiceName
  readonly process: ServiceProcess
  /** Its ways to the broker and to its database. */
  readonly kafka: Link
  readonly database: Link
}

export interface Ground {
  readonly stack: Stack
  readonly instances: Readonly<Record<InstanceName, Instance>>
  readonly all: readonly Instance[]
  of(service: ServiceName): readonly [Instance, Instance]
  /** Past the links. */
  readonly pools: Readonly<Record<ServiceName, pg.Pool>>
  readonly partitions: number
  /** Processes that ended though nobody had ended them, as they were reported. */
  readonly endedByThemselves: readonly string[]
  /** Kills the services, and stops the stack: in order when its data may be of use, else at once. */
  end(o: { readonly keepsData: boolean }): Promise<void>
}

export interface GroundOptions {
  /** Gets the data of the stack and the logs. */
  readonly folder: string
  readonly report: (line: string) => void
  /** A safeguard to switch off. */
  readonly without: string | undefined
}

const partitions = 4
const environment = {
  LOG_LEVEL: 'warn',
  PUBLISH_WINDOW: `${publishWindowMs}ms`,
  RETRY_BASE_DELAY: '200ms',
  SHUTDOWN_TIMEOUT: '8s',
  STOCK_RELEASE_DELAY: '2s',
  ORDER_TIMEOUT: '2m',
}
/** The orders that come in by this instance are timed out while the saga is under way, when anything takes long. */
const environmentOf: Partial<Record<InstanceName, Record<string, string>>> = { 'order-b': { ORDER_TIMEOUT: '2s' } }

/** A service's own main program, unless no setting makes it what it is here. */
function programOf(service: ServiceName, without: string | undefined): readonly string[] | undefined {
  if (service !== 'notification' && without === undefined) return undefined
  return [join(import.meta.dirname, '../service-main.ts'), service, ...(without === undefined ? [] : [without])]
}

/** Starts it as a platform would: again, when it ended while it was starting. That it did is told. */
function restarted(o: ServiceProcessOptions & { readonly report: (line: string) => void }): ServiceProcess {
  const process = serviceProcess(o)
  return {
    ...process,
    get pid() {
      return process.pid
    },
    async start() {
      for (let starts = 1; ; starts++)
        try {
          return await process.start()
        } catch (error) {
          o.report(`ended by itself: ${String(error)}`)
          if (starts === 5) throw error
        }
    },
  }
}

/** A stack, two instances of each service, and a link between each instance and whatever it talks to. Starts no service. */
export async function prepareGround({ folder, report, without }: GroundOptions): Promise<Ground> {
  const ports = await freePorts(3 + 2 * instanceNames.length)
  const [postgres, kafka, registry] = ports as [number, number, number]
  const listenerPorts = ports.slice(3, 3 + instanceNames.length)
  const httpPorts = ports.slice(3 + instanceNames.length)
  const kafkaLinks = await Promise.all(listenerPorts.map(port => openLink({ port }, kafkaFrames)))
  const databaseLinks = await Promise.all(instanceNames.map(() => openLink({ port: postgres })))
  const stack = await startStack({
    ...{ dataFolder: join(folder, 'stack'), ports: { postgres, kafka, registry }, report },
    forwarded: listenerPorts.map((port, n) => ({ port, advertisedPort: kafkaLinks[n]!.port })),
  })
  await createShopTopics({ brokers: stack.brokers, prefix: '', partitions, replicationFactor: 1 })
  const databases = Object.fromEntries(
    await Promise.all(serviceNames.map(async name => [name, await stack.createDatabase(name)])),
  ) as Record<ServiceName, string>
  // Nobody reads the mails.
  const mails = await startSmtpServer({
    onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
  })
  const endedByThemselves: string[] = []

  function instanceOf(name: InstanceName, n: number): Instance {
    const service = serviceOf(name)
    const [kafka, database] = [kafkaLinks[n]!, databaseLinks[n]!]
    const url = new URL(databases[service])
    url.port = String(database.port)
    const program = programOf(service, without)
    return {
      ...{ name, service, kafka, database },
      process: restarted({
        ...{ name: service, fileName: name, port: httpPorts[n]!, folder: join(folder, 'services') },
        startLimitMs: 300_000,
        ...(program && { program }),
        environment: {
          ...{ DATABASE_URL: url.href, KAFKA_BROKERS: `127.0.0.1:${kafka.port}` },
          ...{ SCHEMA_REGISTRY_URL: stack.registryUrl, TOPIC_PARTITIONS: String(partitions), SMTP_URL: mails.url },
          ...environment,
          ...environmentOf[name],
        },
        report: line => {
          if (/ended by itself/.test(line)) endedByThemselves.push(line)
        },
      }),
    }
  }
  const all = instanceNames.map(instanceOf)
  const instances = Object.fromEntries(all.map(each => [each.name, each])) as Record<InstanceName, Instance>
  const pools = Object.fromEntries(
    serviceNames.map(name => [name, createPool({ url: databases[name], poolSize: 3, applicationName: 'chaos' })]),
  ) as Record<ServiceName, pg.Pool>

  return {
    ...{ stack, instances, all, pools, partitions, endedByThemselves },
    of: service => [instances[`${service}-a`], instances[`${service}-b`]],
    async end({ keepsData }) {
      await Promise.all(all.map(({ process }) => process.kill()))
      await Promise.all(Object.values(pools).map(pool => pool.end()))
      await Promise.all([...kafkaLinks, ...databaseLinks, mails].map(each => each.close()))
      await (keepsData ? stack.stop() : stack.destroy())
    },
  }
}
