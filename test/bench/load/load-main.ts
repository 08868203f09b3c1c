/** The load as a process of its own, so that its CPU time can be told from that of the rest. Gets its plan from its parent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { closedLoop } from './closed-loop.ts'
import { Connections } from './connections.ts'
import { openLoop } from './open-loop.ts'
import { orderMaker } from './orders.ts'
import { startPlacing } from './placing.ts'
import type { FromLoad, LoadPlan, ToLoad } from './plan.ts'
import { watchUnderWay } from './under-way.ts'
import { fulfilWishes } from './wishes.ts'

/** Of a load whose answers come before the order is settled; else each that is under way needs one. */
const usualConnections = 256

const tell = (message: FromLoad) => void process.send!(message)

async function load({ goods, blend, arrival, perPost, ...plan }: LoadPlan): Promise<void> {
  const { door } = plan
  const { connections: most = usualConnections } = plan
  const together = arrival.loop === 'closed' && door.answers === 'settled' ? arrival.together : most
  const connections = new Connections(plan.orderUrls, together)
  const wishAnswers: Record<string, number> = {}
  const wishes = fulfilWishes(connections, answer => {
    wishAnswers[answer] = (wishAnswers[answer] ?? 0) + 1
  })
  const placing = startPlacing({ connections, door, orderOf: orderMaker(blend, goods), taken: wishes.taken })
  const { loop, stopWatching } = await start()

  await sleep(plan.rampMs)
  tell({ said: 'window-opens' })
  await sleep(plan.windowMs)
  tell({ said: 'window-closes' })
  await parentHasLooked()
  if (arrival.loop === 'open') connections.giveUpWaiting()
  await loop.end()
  await stopWatching()
  await wishes.end()
  connections.close()
  const { placed, refusedMs, answers } = placing
  tell({ said: 'done', loaded: { placed, refusedMs, answers: { ...answers, ...wishAnswers } } })

  async function start() {
    if (arrival.loop === 'open')
      return { loop: openLoop({ placing, perPost, ...arrival }), stopWatching: async () => {} }
    const loop = closedLoop({ placing, perPost, ...arrival, answers: door.answers })
    if (door.answers === 'settled') {
      loop.seen(0, performance.now())
      return { loop, stopWatching: async () => {} }
    }
    const underWay = await watchUnderWay(plan.ordersUrl, loop.seen)
    tell({ said: 'watching', backendPid: underWay.backendPid })
    return { loop, stopWatching: underWay.stop }
  }
}

let looked: (() => void) | undefined
const parentHasLooked = () =>
  new Promise<void>(resolve => {
    looked = resolve
  })
process.on('message', (message: ToLoad) => ('plan' in message ? void load(message.plan) : looked?.()))
process.on('disconnect', () => process.exit())
