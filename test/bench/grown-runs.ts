import { grow } from './ground/grown.ts'
import { startBenchShop } from './ground/shop.ts'
import type { Run } from './run.ts'
import { runsOf, summaryOf, warmUp } from './runs.ts'
import type { ShopRuns, ShopRunsOptions } from './shop-runs.ts'

const dayMs = 86_400_000

/**
 * The scenarios on two shops of one stack, in turns: a new one, and one with so many finished sagas of the last two weeks,
 * which are too young to be forgotten. What else the machine does meanwhile disturbs both alike.
 */
export async function measureGrown(o: ShopRunsOptions & { readonly grown: number }): Promise<ShopRuns> {
  const { ground, load, say, warmUpSeconds } = o
  const grown = await startBenchShop(ground, { prefix: 'grown' })
  const started = [grown]
  try {
    say(`growing by ${o.grown} sagas`)
    const spread = { beganMs: Date.now() - 14 * dayMs, spreadMs: 13 * dayMs }
    const { table } = await grow(grown, { ground, sagas: o.grown, ...spread, say })
    const fresh = await startBenchShop(ground)
    started.push(fresh)
    const shops = [
      { name: '', bench: { ground, load, target: fresh } },
      { name: ` + ${o.grown}`, bench: { ground, load, target: grown } },
    ]
    for (const { bench } of shops) await warmUp(bench, o.scenarios[0]!, warmUpSeconds)
    const measured = []
    for (const scenario of o.scenarios) {
      const runs: Run[][] = [[], []]
      for (let n = 0; n < o.runs; n++)
        for (const [i, { name, bench }] of shops.entries()) {
          const one = await runsOf(bench, { ...scenario, name: scenario.name + name }, { ...o, runs: 1 })
          runs[i]!.push(...one.runs)
        }
      for (const [i, { name }] of shops.entries())
        measured.push({ scenario: { ...scenario, name: scenario.name + name }, ...summaryOf(runs[i]!) })
    }
    return { measured, statements: undefined, rows: table }
  } finally {
    await Promise.all(started.map(shop => shop.kill()))
  }
}
