import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import { freePorts } from '../../infra/local/ports.ts'
import type { ServiceProcess } from '../../infra/shop/service-process.ts'
import { createShop, type Ground, type Shop, type ShopOptions } from '../../infra/shop/shop.ts'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import { metricsOf, type Sample, sum } from './metrics.ts'
import { type ShopClient, shopClient } from './shop-client.ts'

export interface RunningShop extends Shop {
  readonly ground: Ground
  readonly adminPorts: Readonly<Record<ServiceName, number>>
  /** Before each topic and group, with its dot. */
  readonly topicPrefix: string
  readonly client: ShopClient
  readonly partitions: number
  query<T = any>(service: ServiceName, text: string, values?: unknown[]): Promise<T[]>
  readonly pools: Readonly<Record<ServiceName, pg.Pool>>
  metrics(service: ServiceName | ServiceProcess): Promise<Sample[]>
  /** saga_steps_total of all four services, or of one. */
  steps(where: Readonly<Record<string, string>>, service?: ServiceName): Promise<number>
  another(name: ServiceName): Promise<ServiceProcess>
  /** Kills what runs and lets go of the databases. */
  end(): Promise<void>
}

export type RunOptions = Partial<
  Pick<ShopOptions, 'adminUrlOf' | 'environment' | 'environmentOf' | 'partitions' | 'ground'>
> & {
  /** Those to start; all unless told otherwise. */
  readonly start?: readonly ServiceName[]
}

/** The logs of the services; kept an hour, for whoever wants to know why a test failed. */
const folders = resolve(import.meta.dirname, '../../.local/e2e')
function removeOldFolders(): void {
  for (const name of existsSync(folders) ? readdirSync(folders) : []) {
    const folder = join(folders, name)
    const { mtimeMs = 0 } = statSync(folder, { throwIfNoEntry: false }) ?? {}
    if (mtimeMs < Date.now() - 3_600_000) rmSync(folder, { recursive: true, force: true })
  }
}
/** A test fails a step on purpose: it need not wait a minute for the last try. */
const hurried = { RETRY_BASE_DELAY: '20ms', RETRY_MAX_DELAY: '200ms' }

/** A shop of the test file's own on the stack of the run: nobody else has its topics, groups and databases. */
export async function runShop(name: string, o: RunOptions = {}): Promise<RunningShop> {
  const ground = o.ground ?? {
    ...{ brokers: inject('brokers'), registryUrl: inject('registryUrl'), adminUrl: inject('adminUrl') },
  }
  removeOldFolders()
  const prefix = `${name}${randomBytes(3).toString('hex')}`
  const free = await freePorts(2 * serviceNames.length)
  const nextPorts = () =>
    Object.fromEntries(serviceNames.map(service => [service, free.pop()!])) as Record<ServiceName, number>
  const partitions = o.partitions ?? 4
  const adminPorts = nextPorts()
  const shop = await createShop({
    ...{ ground, prefix, partitions, ports: nextPorts(), adminPorts },
    folder: join(folders, prefix),
    environment: { ...hurried, ...o.environment },
    ...(o.environmentOf && { environmentOf: o.environmentOf }),
    ...(o.adminUrlOf && { adminUrlOf: o.adminUrlOf }),
  })
  const pools = Object.fromEntries(
    serviceNames.map(service => [
      service,
      createPool({ url: shop.databases[service], poolSize: 3, applicationName: 'test' }),
    ]),
  ) as Record<ServiceName, pg.Pool>
  const others: ServiceProcess[] = []
  const urls = Object.fromEntries(serviceNames.map(service => [service, shop.services[service].url])) as Record<
    ServiceName,
    string
  >
  const metrics = (service: ServiceName | ServiceProcess) =>
    metricsOf(typeof service === 'string' ? urls[service] : service.url)
  const end = async () => {
    await Promise.all([...Object.values(shop.services), ...others].map(service => service.kill()))
    await Promise.all(Object.values(pools).map(pool => pool.end()))
  }
  try {
    await Promise.all((o.start ?? serviceNames).map(service => shop.services[service].start()))
  } catch (error) {
    await end()
    throw error
  }
  return {
    ...shop,
    ...{ ground, adminPorts, topicPrefix: `${prefix}.`, partitions, client: shopClient(urls), pools, metrics, end },
    query: async (service, text, values) => (await pools[service].query(text, values)).rows,
    steps: async (where, service) => {
      const samples = await Promise.all((service ? [service] : serviceNames).map(metrics))
      return sum(samples.flat(), 'saga_steps_total', where)
    },
    another: async service => {
      const [port] = await freePorts(1)
      const process = shop.anotherInstance(service, port!)
      others.push(process)
      return process
    },
  }
}
