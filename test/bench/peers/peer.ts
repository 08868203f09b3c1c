import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { until } from '../../e2e/until.ts'
import { goods } from '../ground/goods.ts'
import type { BenchStack } from '../ground/stack.ts'
import type { Door } from '../load/plan.ts'
import type { Target } from '../target.ts'
import type { PeerProcess } from './process.ts'
import { createTables, type Part, parts, violationsOf } from './tables.ts'

/** One of the numbers that are tried in the search for a peer's best. */
export interface Variant {
  /** Orders under way. */
  readonly together: number
  /** Connections to its database, in each pool of a kind together; or partitions of a topic, each with a message under way. */
  readonly connections: number
  /** Of the program that does its steps. */
  readonly processes: number
}

export interface Peer {
  readonly name: string
  /** For people: what it is and does, and what not. */
  readonly what: string
  /** It needs packages that `npm ci` in the repository does not bring. */
  readonly hasOwnPackages: boolean
  /** Orders under way at the first try. */
  readonly least: number
  /** How many there are for so many orders under way: no more than the database gives to all pools together. */
  readonly connectionsFor: (together: number) => number
  readonly connectionsAre: 'connections' | 'partitions'
  /** The numbers of processes that are tried. */
  readonly processes: readonly number[]
  start(o: PeerOptions): Promise<RunningPeer>
}
export interface PeerOptions {
  readonly ground: BenchStack
  readonly variant: Variant
}
export interface RunningPeer extends Target {
  /** Kills its processes. */
  end(): Promise<void>
}

let started = 0

/** Databases with the business tables, stocked: one for all parts, or one for each. */
export async function peerDatabases(
  { ground }: PeerOptions,
  o: { readonly apart: boolean },
): Promise<{ readonly folder: string; readonly urls: Readonly<Record<Part, string>> }> {
  const name = `peer${++started}`
  const folder = join(ground.folder, name)
  mkdirSync(folder, { recursive: true })
  const databaseOf = async (part: string, of: readonly Part[]) => {
    const url = await ground.stack.createDatabase(`${name}_${part}`)
    await createTables(url, of, goods)
    return url
  }
  const urls: Partial<Record<Part, string>> = {}
  if (o.apart) for (const part of parts) urls[part] = await databaseOf(part, [part])
  else {
    const url = await databaseOf('all', parts)
    for (const part of parts) urls[part] = url
  }
  return { folder, urls: urls as Record<Part, string> }
}

export function runningPeer(o: {
  readonly door: Door
  readonly orderUrls: readonly string[]
  readonly urls: Readonly<Record<Part, string>>
  readonly processes: readonly PeerProcess[]
}): RunningPeer {
  const poolOf = (part: Part) => new pg.Pool({ connectionString: o.urls[part], max: 2 })
  const pools = { order: poolOf('order'), inventory: poolOf('inventory'), balance: poolOf('balance') }
  return {
    ...{ goods, door: o.door, orderUrls: o.orderUrls, orders: pools.order, ordersUrl: o.urls.order },
    processes: () => o.processes,
    batches: async () => ({}),
    async violationsAtRest() {
      await until(
        'all orders are settled',
        async () => {
          const { rows } = await pools.order.query('select 1 from orders where not settled limit 1')
          return rows.length === 0
        },
        { limitMs: 120_000, everyMs: 100 },
      )
      return violationsOf(pools)
    },
    async end() {
      await Promise.all(o.processes.map(each => each.kill()))
      await Promise.all(Object.values(pools).map(pool => pool.end()))
    },
  }
}
