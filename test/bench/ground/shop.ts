import { join } from 'node:path'
import { freePorts } from '../../../infra/local/ports.ts'
import { identify } from '../../../infra/local/process-table.ts'
import type { ServiceProcess } from '../../../infra/shop/service-process.ts'
import { createShop } from '../../../infra/shop/shop.ts'
import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { createPool } from '../../../shared/src/postgres/connect.ts'
import type { ShopDatabases } from '../../e2e/invariants.ts'
import { shopClient } from '../../e2e/shop-client.ts'
import { batchCounts } from '../figures/batches.ts'
import { violationsAtRest } from '../rest.ts'
import type { Target } from '../target.ts'
import { goods, stockUp } from './goods.ts'
import type { BenchStack } from './stack.ts'

export interface BenchShop extends Target {
  readonly pools: ShopDatabases
  /** Each service's own database. */
  readonly databases: Readonly<Record<ServiceName, string>>
  /** All instances that run, by service. */
  readonly instances: Readonly<Record<ServiceName, readonly ServiceProcess[]>>
  /** One more process of each service. */
  double(): Promise<void>
  /** The second ones end. */
  single(): Promise<void>
  /** In order, so that what is written at the end of a process is written. */
  stop(): Promise<void>
  kill(): Promise<void>
}

/**
 * The settings are those that are shipped, but for one: stock that a customer's cancellation holds is free after a second, or
 * the end of each run would be ten minutes away.
 */
const environment = { STOCK_RELEASE_DELAY: '1s' }

/** The four services on the stack, as processes. */
export async function startBenchShop(
  { stack, folder }: BenchStack,
  o: {
    readonly prefix?: string
    readonly environmentOf?: (name: ServiceName) => Readonly<Record<string, string>>
    readonly traces?: string | undefined
  } = {},
): Promise<BenchShop> {
  const ports = await freePorts(2 * serviceNames.length)
  const nextPorts = () => byService(() => ports.pop()!)
  const second = nextPorts()
  const shop = await createShop({
    ...{ ground: stack, ports: nextPorts(), folder: join(folder, o.prefix ?? 'shop') },
    environment: { ...environment, ...(o.traces !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: o.traces }) },
    ...(o.prefix !== undefined && { prefix: o.prefix }),
    ...(o.environmentOf && { environmentOf: byService(o.environmentOf) }),
  })
  const pools = byService(name => createPool({ url: shop.databases[name], poolSize: 2, applicationName: 'bench' }))
  let others: ServiceProcess[] = []
  const instances = () =>
    byService(name => [shop.services[name], ...others.filter(other => other.name === name)] as const)
  const all = () => Object.values(instances()).flat()
  const endPools = () => Promise.all(Object.values(pools).map(pool => pool.end()))
  await shop.start().catch(async error => {
    await Promise.all([endPools(), shop.kill()])
    throw error
  })
  await stockUp(shopClient(byService(name => shop.services[name].url)))

  return {
    ...{ goods, pools, databases: shop.databases, orders: pools.order, ordersUrl: shop.databases.order },
    door: { path: '/orders', ids: 'drawn', answers: 'taken' },
    get instances() {
      return instances()
    },
    get orderUrls() {
      return instances().order.map(({ url }) => url)
    },
    batches: () => batchCounts(instances()),
    violationsAtRest: since => violationsAtRest(pools, since),
    processes: () => all().map(({ name, pid }) => ({ name, id: identify(pid!)! })),
    async double() {
      others = serviceNames.map(name => shop.anotherInstance(name, second[name]))
      await Promise.all(others.map(other => other.start()))
    },
    async single() {
      await Promise.all(others.map(other => other.stop()))
      others = []
    },
    async stop() {
      await endPools()
      await Promise.all(all().map(service => service.stop()))
    },
    async kill() {
      await endPools()
      await Promise.all(all().map(service => service.kill()))
    },
  }
}

const byService = <T>(make: (name: ServiceName) => T) =>
  Object.fromEntries(serviceNames.map(name => [name, make(name)])) as Record<ServiceName, T>
