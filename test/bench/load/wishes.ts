import { setTimeout as sleep } from 'node:timers/promises'
import type { Connections } from './connections.ts'
import type { OrderToPlace } from './orders.ts'

/** A refund is wished for when the order has certainly been confirmed, unless the shop is overloaded. */
const refundAfterMs = 2_000
const tries = 20

/** Cancels at once what is to be cancelled, refunds later what is to be refunded. */
export function fulfilWishes(connections: Connections, count: (answer: string) => void) {
  const under = new Set<Promise<void>>()

  async function ask(orderId: string, what: 'cancel' | 'refund'): Promise<void> {
    for (let n = 1; n <= tries; n++) {
      const key = `idempotency-key: ${what}-${orderId}-${n}\r\n`
      const reply = await connections.post(`/orders/${orderId}/${what}`, key, '')
      const status = reply?.status ?? 0
      count(`POST /orders/:orderId/${what} ${status}`)
      // 409: confirmed before it was cancelled, which is an end; or not confirmed yet.
      if (status === 202 || (status === 409 && what === 'cancel')) return
      await sleep(500)
    }
  }
  const fulfil = async (orderId: string, { wish }: OrderToPlace) => {
    if (wish === 'cancelled') await ask(orderId, 'cancel')
    if (wish !== 'refunded') return
    await sleep(refundAfterMs)
    await ask(orderId, 'refund')
  }
  return {
    taken(orderId: string, order: OrderToPlace): void {
      if (order.wish !== 'cancelled' && order.wish !== 'refunded') return
      const fulfilling = fulfil(orderId, order)
      under.add(fulfilling)
      void fulfilling.finally(() => under.delete(fulfilling))
    },
    async end(): Promise<void> {
      await Promise.all(under)
    },
  }
}
