import { setTimeout as sleep } from 'node:timers/promises'
import { serviceNames } from '../../../infra/shop/topics.ts'
import { untilConsumed } from '../../e2e/consumed.ts'
import type { Ground } from '../ground/ground.ts'

/** Nothing has changed for so long, with everything running: what is open then stays open. */
const standsStillAfterMs = 45_000

export interface Rest {
  /** False when it stopped moving with something left, or was still moving at the limit. */
  readonly reached: boolean
  readonly left: string
}

/** Waits until every order is settled, nothing is unfinished, everything is published and all of it consumed; or until nothing moves. */
export async function comeToRest({ pools, stack }: Ground, limitMs: number): Promise<Rest> {
  const look = async (): Promise<number[]> => {
    const counts = await Promise.all([
      pools.order.query('select count(*) from orders where not settled'),
      ...serviceNames.flatMap(name => [
        pools[name].query('select count(*) from saga.waiting'),
        pools[name].query('select count(*) from saga.outbox'),
      ]),
    ])
    return counts.map(({ rows }) => rows[0].count)
  }
  const deadline = performance.now() + limitMs
  let before = ''
  let changedMs = performance.now()
  for (;;) {
    const counts = await look()
    if (counts.every(count => count === 0)) {
      // What is still on the topics may bring something up again.
      const consumed = untilConsumed({ ground: stack, topicPrefix: '' }, serviceNames, { limitMs: 120_000 })
      const left = await consumed.catch((error: Error) => error.message)
      if (left) return { reached: false, left }
      if ((await look()).every(count => count === 0)) return { reached: true, left: 'nothing' }
    }
    const [orders, ...others] = counts
    const left = [
      `${orders} orders`,
      ...serviceNames.map((name, n) => `${name}: ${others[2 * n]} waiting, ${others[2 * n + 1]} in the outbox`),
    ].join('; ')
    const nowMs = performance.now()
    if (left !== before) changedMs = nowMs
    before = left
    if (nowMs - changedMs > standsStillAfterMs || nowMs > deadline) return { reached: false, left }
    await sleep(500)
  }
}
