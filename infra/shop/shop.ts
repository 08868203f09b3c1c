import { mkdirSync } from 'node:fs'
import { createDatabase } from '../local/databases.ts'
import { type ServiceProcess, type ServiceProcessOptions, serviceProcess } from './service-process.ts'
import { createShopTopics, type ServiceName, serviceNames } from './topics.ts'

/** What the services stand on, wherever it runs. */
export interface Ground {
  readonly brokers: readonly string[]
  readonly registryUrl: string
  readonly adminUrl: string
}

export interface ShopOptions {
  readonly ground: Ground
  /** Before the names of topics, groups and databases, so that several shops share one ground. Lower case, digits. */
  readonly prefix?: string
  readonly ports: Readonly<Record<ServiceName, number>>
  /** Of the admin listeners; any free ones unless told. */
  readonly adminPorts?: Readonly<Record<ServiceName, number>>
  /** Where the processes are written down; their logs are in `logs` below. One shop to a folder. */
  readonly folder: string
  readonly partitions?: number
  /** For all services, or by name for one. */
  readonly environment?: Readonly<Record<string, string>>
  readonly environmentOf?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>
  /** Of the superuser of another PostgreSQL, for services that are not on the ground's. */
  readonly adminUrlOf?: Partial<Record<ServiceName, string>>
  /** Told what is being waited for, and of services that end by themselves. */
  readonly report?: (line: string) => void
}

export interface Shop {
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>
  /** Each service's own database. */
  readonly databases: Readonly<Record<ServiceName, string>>
  /** One more process of a service, on the same database and in the same group; not started. */
  anotherInstance(
    name: ServiceName,
    port: number,
    o?: Partial<Pick<ServiceProcessOptions, 'environment' | 'program'>>,
  ): ServiceProcess
  /** All at once. When one fails or the signal is aborted, rejects and leaves those that run to `stop` or `kill`. */
  start(signal?: AbortSignal): Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
}

/** The four services as processes: a database and role each, their topics, their environment. Starts none of them. */
export async function createShop(o: ShopOptions): Promise<Shop> {
  const { ground, prefix = '', ports, folder, partitions = 4, report = () => {} } = o
  mkdirSync(folder, { recursive: true })
  const topicPrefix = prefix && `${prefix}.`
  const differences = await createShopTopics({
    ...{ brokers: ground.brokers, prefix: topicPrefix, partitions },
    replicationFactor: 1,
  })
  for (const difference of differences) report(`topics: ${difference}`)
  const databases = {} as Record<ServiceName, string>
  for (const name of serviceNames)
    databases[name] = await createDatabase(o.adminUrlOf?.[name] ?? ground.adminUrl, `${prefix && `${prefix}_`}${name}`)

  const processOf = (
    name: ServiceName,
    port: number,
    { adminPort = 0, environment, ...rest }: Partial<ServiceProcessOptions> & { adminPort?: number | undefined } = {},
  ) =>
    serviceProcess({
      ...{ name, port, folder, report, ...rest },
      environment: {
        DATABASE_URL: databases[name],
        KAFKA_BROKERS: ground.brokers.join(','),
        SCHEMA_REGISTRY_URL: ground.registryUrl,
        TOPIC_PREFIX: topicPrefix,
        TOPIC_PARTITIONS: String(partitions),
        ADMIN_PORT: String(adminPort),
        ...o.environment,
        ...o.environmentOf?.[name],
        ...environment,
      },
    })
  const services = Object.fromEntries(
    serviceNames.map(name => [name, processOf(name, ports[name], { adminPort: o.adminPorts?.[name] })]),
  ) as Record<ServiceName, ServiceProcess>
  const all = Object.values(services)
  return {
    services,
    databases,
    anotherInstance: (name, port, more) => processOf(name, port, { fileName: `${name}-${port}`, ...more }),
    start: async signal => void (await Promise.all(all.map(service => service.start(signal)))),
    stop: async () => void (await Promise.all(all.map(service => service.stop()))),
    kill: async () => void (await Promise.all(all.map(service => service.kill()))),
  }
}
