import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../infra/local/ports.ts'
import { createShop, type Shop, type ShopOptions } from '../../infra/shop/shop.ts'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { startStack } from '../../infra/stack.ts'
import { createPool } from '../../shared/src/postgres/connect.ts'
import type { ShopDatabases } from './invariants.ts'
import { type ShopClient, shopClient } from './shop-client.ts'

export interface OwnShop {
  readonly shop: Shop
  readonly client: ShopClient
  readonly pools: ShopDatabases
}
export interface OwnStack {
  /** One more shop on the stack, whose services run. */
  startShop(name: string, o?: Pick<ShopOptions, 'environment' | 'environmentOf'>): Promise<OwnShop>
  /** Ends all of it and removes its data. */
  end(): Promise<void>
}

/** A stack for one command, with data of its own in the folder for temporary files. */
export async function startOwnStack(): Promise<OwnStack> {
  // Children are ended as this process exits, which it does not do by itself on a signal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const dataFolder = mkdtempSync(join(tmpdir(), 'shop-'))
  const stack = await startStack({ dataFolder, ports: 'free', report: line => console.error(line) })
  const shops: OwnShop[] = []
  return {
    async startShop(prefix, o = {}) {
      const [order, inventory, balance, notification] = (await freePorts(4)) as [number, number, number, number]
      const shop = await createShop({
        ...{ ground: stack, prefix, ports: { order, inventory, balance, notification } },
        folder: join(dataFolder, prefix),
        ...o,
        environment: { LOG_LEVEL: 'error', ...o.environment },
      })
      const byService = <T>(make: (name: ServiceName) => T) =>
        Object.fromEntries(serviceNames.map(name => [name, make(name)])) as Record<ServiceName, T>
      const pools = byService(name => createPool({ url: shop.databases[name], poolSize: 2, applicationName: 'test' }))
      const own = { shop, pools, client: shopClient(byService(name => shop.services[name].url)) }
      shops.push(own)
      await shop.start()
      return own
    },
    async end() {
      await Promise.all(shops.flatMap(({ pools }) => Object.values(pools).map(pool => pool.end())))
      await Promise.all(shops.map(({ shop }) => shop.kill()))
      await stack.destroy()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
