import { setTimeout as sleep } from 'node:timers/promises'
import { serviceNames } from '../../../infra/shop/topics.ts'
import { cpuMicrosOf } from '../figures/cpu.ts'
import { machineCpuMicros, shareOfMachine } from '../figures/machine.ts'
import { tableOf } from '../table.ts'
import { type Trial, withShop } from './trial.ts'

/** What a start leaves behind (compilation, connections, the stocking up) has ended by then. */
const settlesMs = 10_000

/** What the shop uses while nobody wants anything: of one core, over --seconds. */
export const idle: Trial = {
  name: 'idle',
  what: 'CPU at rest',
  run: ({ ground, seconds }) =>
    withShop(ground, {}, async shop => {
      await sleep(settlesMs)
      const { postgres, kafka } = ground.processes
      const look = () => ({
        ...Object.fromEntries(shop.processes().map(({ name, id }) => [name, cpuMicrosOf(id)])),
        ...{ postgres: cpuMicrosOf(postgres), kafka: cpuMicrosOf(kafka) },
      })
      const [before, machineBefore] = [look() as Record<string, number>, machineCpuMicros()]
      await sleep(seconds * 1_000)
      const after = look() as Record<string, number>
      const ofCore = (micros: number) => micros / 1e6 / seconds
      const shares = Object.entries(after).map(([name, micros]) => [name, ofCore(micros - before[name]!)] as const)
      const busy = shareOfMachine(machineCpuMicros() - machineBefore, seconds)
      const percent = (share: number) => (100 * share).toFixed(2)
      return {
        table: tableOf([
          ['% of a core', ...shares.map(([name]) => name), 'machine busy %'],
          [`at rest, ${seconds} s`, ...shares.map(([, share]) => percent(share)), percent(busy)],
        ]),
        figures: { shareOfCore: Object.fromEntries(shares), machineBusy: busy },
        violations: serviceNames.filter(name => after[name] === undefined).map(name => `${name} has ended`),
      }
    }),
}
