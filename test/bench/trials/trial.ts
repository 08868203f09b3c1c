import type { ShopOptions } from '../../../infra/shop/shop.ts'
import { type BenchShop, startBenchShop } from '../ground/shop.ts'
import type { BenchStack } from '../ground/stack.ts'
import type { LoadProcess } from '../load/load-process.ts'

export interface TrialOptions {
  readonly ground: BenchStack
  readonly load: LoadProcess
  /** What a trial's own length is measured in; each says how. */
  readonly seconds: number
  /** Events that wait. */
  readonly backlog: number
  readonly say: (line: string) => void
}

export interface Tried {
  readonly name: string
  /** For people. */
  readonly table: string
  readonly figures: unknown
  /** A trial that has any has no figures. */
  readonly violations: readonly string[]
}

/** A question that a load at full speed does not answer. It has the stack to itself, and starts its own shop. */
export interface Trial {
  readonly name: string
  readonly what: string
  run(o: TrialOptions): Promise<Omit<Tried, 'name'>>
}

export async function withShop<T>(
  ground: BenchStack,
  o: Pick<ShopOptions, 'environmentOf'>,
  use: (shop: BenchShop) => Promise<T>,
): Promise<T> {
  const shop = await startBenchShop(ground, { environmentOf: name => o.environmentOf?.[name] ?? {} })
  try {
    return await use(shop)
  } finally {
    await shop.kill()
  }
}
