import { setTimeout as sleep } from 'node:timers/promises'
import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { createPool } from '../../../shared/src/postgres/connect.ts'
import { forget } from '../../../shared/src/runtime/forget.ts'
import { cpuMicrosOf } from '../figures/cpu.ts'
import { machineCpuMicros, shareOfMachine } from '../figures/machine.ts'
import { grow } from '../ground/grown.ts'
import { startBenchShop } from '../ground/shop.ts'
import { tableOf } from '../table.ts'
import type { Trial } from './trial.ts'

const dayMs = 86_400_000
const sagasPerSecond = 5_000

/**
 * As many sagas as a shop of 5,000 a second has to forget in --seconds, in all four databases: how long that takes, with no
 * service beside it. What the services run once a minute is run here, in this process, with a horizon that lets them go.
 */
export const forgetting: Trial = {
  name: 'forgetting',
  what: 'whether finished sagas are forgotten as fast as 5000/s come, and at what cost',
  async run({ ground, seconds, say }) {
    const shop = await startBenchShop(ground, { prefix: 'old' })
    const spread = { beganMs: Date.now() - 14 * dayMs, spreadMs: 13 * dayMs }
    await grow(shop, { ground, sagas: sagasPerSecond * seconds, ...spread, say })
    await shop.kill()

    const cpu = () => cpuMicrosOf(ground.processes.postgres)
    const ownCpu = () => process.cpuUsage().user + process.cpuUsage().system
    const [beganMs, cpuBefore, ownBefore, machineBefore] = [performance.now(), cpu(), ownCpu(), machineCpuMicros()]
    const forgotten = await Promise.all(serviceNames.map(name => forgetAll(name, shop.databases[name])))
    const took = (performance.now() - beganMs) / 1_000
    const sagas = Math.max(...forgotten)
    const figures = {
      sagas,
      seconds: took,
      perSecond: sagas / took,
      cpuMicrosPerSaga: { postgres: (cpu() - cpuBefore) / sagas, services: (ownCpu() - ownBefore) / sagas },
      machineBusy: shareOfMachine(machineCpuMicros() - machineBefore, took),
    }
    const { postgres, services } = figures.cpuMicrosPerSaga
    return {
      table: tableOf([
        ['forgetting', 'sagas', 'seconds', 'sagas/s', 'PostgreSQL us/saga', 'services us/saga', 'machine busy %'],
        [
          'in all four databases at once',
          ...[sagas, took, figures.perSecond, postgres, services, 100 * figures.machineBusy].map(each =>
            each.toFixed(0),
          ),
        ],
      ]),
      figures,
      violations: forgotten.some(count => count === 0) ? ['nothing was forgotten'] : [],
    }
  },
}

async function forgetAll(name: ServiceName, url: string): Promise<number> {
  const pool = createPool({ url, poolSize: 1, applicationName: `${name} forgetting` })
  const looks = createPool({ url, poolSize: 1, applicationName: 'bench' })
  const old = async () => {
    const { rows } = await looks.query<{ count: number }>(
      `select count(*)::int as count from saga.sagas where created_at < now() - interval '12 hours'`,
    )
    return rows[0]!.count
  }
  const before = await old()
  const forgetting = forget({
    ...{ pool, horizonMs: dayMs / 2, onlyFinished: true },
    trouble(error) {
      throw error
    },
  })
  while ((await old()) > 0) await sleep(500)
  await forgetting.stop()
  await Promise.all([pool.end(), looks.end()])
  return before
}
