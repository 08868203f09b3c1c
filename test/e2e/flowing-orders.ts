import { type Acknowledged, type Goods, placeOrders } from './load.ts'
import type { RunningShop } from './running-shop.ts'

/** Orders of all kinds, so many at a time, until `stop`, which resolves when the last has been answered. */
export function keepOrdering(
  shop: RunningShop,
  goods: Goods,
  o: { together: number; acknowledged: Acknowledged },
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const ordering = (async () => {
    while (!stopping.signal.aborted) await placeOrders(shop, goods, { ...o, orders: 2 * o.together })
  })()
  // Whoever stops it is told; until then nobody listens.
  ordering.catch(() => undefined)
  return {
    stop() {
      stopping.abort()
      return ordering
    },
  }
}
