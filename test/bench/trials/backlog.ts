import { setTimeout as sleep } from 'node:timers/promises'
import { identify, type ProcessId } from '../../../infra/local/process-table.ts'
import { firstSagaIdAt } from '../../../shared/src/core/ids.ts'
import { kafkaOf } from '../../faults/topic-fixture.ts'
import { cpuMicrosOf } from '../figures/cpu.ts'
import { machineCpuMicros, shareOfMachine } from '../figures/machine.ts'
import { residentBytes } from '../figures/memory.ts'
import type { BenchStack } from '../ground/stack.ts'
import { measure } from '../measure.ts'
import { inWords, warmUp } from '../runs.ts'
import { tableOf, whole } from '../table.ts'
import { drainTable, megabytes, overall, type Point } from './drain.ts'
import { readBooks, violationsOf } from './inventory-books.ts'
import { writePlacedEvents } from './placed-events.ts'
import { type Trial, withShop } from './trial.ts'

const topic = 'order.events.v1'
const everyMs = 1_000
/** Inventory takes OrderPlaced and OrderConfirmed of each saga. */
const eventsOfSaga = 2

/**
 * --backlog placed orders wait in the topic for inventory, which is started alone: the others would know nothing of these
 * orders, and would want the machine too. What it does at full load, among the others, is measured before, for --seconds.
 */
export const backlog: Trial = {
  name: 'backlog',
  what: 'inventory was away, and --backlog placed orders wait for it: how fast it takes them, memory',
  run: ({ ground, load, seconds, backlog: events, say }) =>
    withShop(ground, {}, async shop => {
      const closed = {
        blend: 'plain',
        perPost: 1,
        rampMs: 3_000,
        arrival: { loop: 'closed', together: 1_000 },
      } as const
      const bench = { ground, load, target: shop }
      say('warming up')
      await warmUp(bench, closed, 8)
      const full = await measure(bench, { ...closed, windowMs: seconds * 1_000 })
      say(`at full load: ${inWords(full)}`)
      const inventory = shop.instances.inventory[0]!
      const processId = () => identify(inventory.pid!)!
      const memoryAtFullLoad = residentBytes(processId())
      const services = Object.values(shop.instances).flat()
      await Promise.all(services.map(service => service.stop()))

      const books = await readBooks(shop.databases.inventory, firstSagaIdAt(Date.now()))
      const lag = await watchLag(ground)
      try {
        const before = await books.read()
        await writePlacedEvents(ground.stack, shop.goods, events)
        say(`${await lag.left()} events wait`)
        const drained = await drain(ground, {
          left: lag.left,
          async start() {
            await inventory.start()
            return processId()
          },
        })
        const figures = {
          events,
          ...drained,
          ...overall(drained.points),
          residentBytes: { most: Math.max(...drained.points.map(point => point.residentBytes)), memoryAtFullLoad },
          atFullLoad: {
            perSecond: eventsOfSaga * full.sagasPerSecond,
            cpuMicrosPerEvent: { inventory: full.cpuMicrosPerSaga.inventory! / eventsOfSaga },
          },
        }
        const { perSecond, cpuMicrosPerEvent: cpu, machineBusy, residentBytes: memory, atFullLoad } = figures
        const own = atFullLoad.cpuMicrosPerEvent.inventory
        return {
          table: [
            drainTable(drained.points),
            tableOf([
              ['inventory', 'events/s', 'CPU us/event', 'PostgreSQL', 'Kafka', 'machine busy %', 'MB'],
              [
                'at full load, among the others',
                whole(atFullLoad.perSecond),
                whole(own),
                '',
                '',
                '',
                megabytes(memoryAtFullLoad),
              ],
              [
                `${events} behind, alone`,
                ...[perSecond, cpu.inventory, cpu.postgres, cpu.kafka, 100 * machineBusy].map(whole),
                megabytes(memory.most),
              ],
            ]),
          ].join('\n\n'),
          figures,
          violations: [...full.violations, ...violationsOf(before, await books.readPublished(), events)],
        }
      } finally {
        await Promise.all([books.end(), lag.end()])
      }
    }),
}

/** Looks once a second, from the start of the process until nothing is left. */
async function drain(
  { processes }: BenchStack,
  { left, start }: { left(): Promise<number>; start(): Promise<ProcessId> },
) {
  const used = () => [cpuMicrosOf(processes.postgres), cpuMicrosOf(processes.kafka), machineCpuMicros()] as const
  const points: Point[] = [{ seconds: 0, left: await left(), residentBytes: 0 }]
  const [postgres, kafka, machine] = used()
  const beganMs = performance.now()
  const reader = await start()
  while (points.at(-1)!.left > 0) {
    await sleep(everyMs)
    const now = { left: await left(), residentBytes: residentBytes(reader) }
    if (now.residentBytes === 0) throw new Error('inventory has ended')
    points.push({ seconds: (performance.now() - beganMs) / 1_000, ...now })
  }
  const [postgresAfter, kafkaAfter, machineAfter] = used()
  const perEvent = (micros: number) => micros / points[0]!.left
  return {
    points,
    cpuMicrosPerEvent: {
      ...{ inventory: perEvent(cpuMicrosOf(reader)), postgres: perEvent(postgresAfter - postgres) },
      kafka: perEvent(kafkaAfter - kafka),
    },
    machineBusy: shareOfMachine(machineAfter - machine, points.at(-1)!.seconds),
  }
}

/** What inventory has not committed of the topic, as the broker knows it. */
async function watchLag({ stack }: BenchStack) {
  const admin = kafkaOf(stack.brokers).admin()
  await admin.connect()
  return {
    async left(): Promise<number> {
      const ends = await admin.fetchTopicOffsets(topic)
      const [of] = await admin.fetchOffsets({ groupId: 'inventory', topics: [topic] })
      const done = new Map(of!.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      return ends.reduce((sum, { partition, high }) => sum + Number(high) - Math.max(0, done.get(partition) ?? 0), 0)
    },
    end: () => admin.disconnect(),
  }
}
