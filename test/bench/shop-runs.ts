import { dearestStatements, forgetStatements } from './figures/statements.ts'
import { startBenchShop } from './ground/shop.ts'
import type { BenchStack } from './ground/stack.ts'
import type { LoadProcess } from './load/load-process.ts'
import type { Options } from './options.ts'
import { profilingOf } from './profile.ts'
import type { Measured } from './report.ts'
import { runsOf, warmUp } from './runs.ts'
import { type Scenario, scenariosOf } from './scenarios.ts'

export interface ShopRuns {
  readonly measured: readonly Measured[]
  /** Of a profiled benchmark, for people. */
  readonly statements: string | undefined
  /** Of a grown shop: what is in its databases. */
  readonly rows?: string
}
export type ShopRunsOptions = Options & {
  readonly ground: BenchStack
  readonly load: LoadProcess
  readonly say: (line: string) => void
}

/** The scenarios one after the other, on one shop. */
export async function measureShop(o: ShopRunsOptions): Promise<ShopRuns> {
  const { ground, load, say, profile, warmUpSeconds } = o
  if (o.scenarios.length === 0) return { measured: [], statements: undefined }
  const shop = await startBenchShop(ground, { ...(profile && { environmentOf: profilingOf() }), traces: o.traces })
  const bench = { ground, load, target: shop }
  const warm = async (scenario: Scenario) => {
    say(`warming up for ${warmUpSeconds} s`)
    await warmUp(bench, scenario, warmUpSeconds)
  }
  try {
    await warm(fastestOf(o.scenarios))
    if (profile) await forgetStatements(ground.admin)
    const measured: Measured[] = []
    for (const scenario of o.scenarios) {
      if (scenario.instances === 2) {
        await shop.double()
        await warm(scenario)
      }
      measured.push({ scenario, ...(await runsOf(bench, scenario, o)) })
      if (scenario.instances === 2) await shop.single()
    }
    return { measured, statements: profile ? await dearestStatements(ground.admin) : undefined }
  } finally {
    await (profile ? shop.stop() : shop.kill())
  }
}

/** At full speed: at 500 orders a second little is compiled. */
function fastestOf(scenarios: readonly Scenario[]): Scenario {
  return [...scenarios.filter(({ arrival }) => arrival.loop === 'closed'), ...scenariosOf(['one'])][0]!
}
