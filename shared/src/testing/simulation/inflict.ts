import type { Fault } from './plan.ts'
import type { SimulatedService } from './service.ts'
import { sessionTimeoutMs } from './service.ts'
import type { World } from './world.ts'

/** Does what the plan says, to whom it says. */
export function inflict(world: World, service: SimulatedService, fault: Fault): void {
  const { kind, lastsMs, amount, instance } = fault
  const { processes, group } = service
  const { clock, random, topics } = world
  const process = processes[instance % Math.max(1, processes.length)]
  world.tell?.(service.name, `fault: ${kind}`)
  switch (kind) {
    case 'crash':
      if (process) service.crash(process, { afterMs: lastsMs })
      return
    case 'crash-all':
      for (const each of [...processes]) service.crash(each, { afterMs: lastsMs })
      return
    case 'pause':
    case 'long-pause':
      if (process) service.pause(process, lastsMs)
      return
    case 'rebalance':
      if (!process || processes.length < 2) return
      group.leave(process)
      clock.after(random.int(0, sessionTimeoutMs), () => process.isRunning && group.join(process))
      return
    case 'database-away':
      service.databaseAwayUntilMs = clock.nowMs + lastsMs
      return
    case 'broker-away':
      world.brokerAwayUntilMs = clock.nowMs + lastsMs
      return
    case 'offsets-back':
      return group.setBack(() => random.int(0, amount))
    case 'copies':
      for (const place of topics.places().filter(each => each.startsWith(`${service.name}.events`)))
        for (const record of random.shuffled(topics.read(place, 0, topics.end(place))).slice(0, amount))
          topics.repeat(record, clock.nowMs)
  }
}
