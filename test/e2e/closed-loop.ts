import type { Goods } from './load.ts'
import { insist, type ShopClient } from './shop-client.ts'

export interface Throughput {
  /** Confirmed and settled. */
  readonly ordersPerSecond: number
  /** From the request to the settled end. */
  readonly p50Ms: number
  readonly p95Ms: number
}

/** Each customer places an order, waits until it is settled and places the next. */
export async function measureThroughput(
  client: ShopClient,
  goods: Goods,
  o: { seconds: number; warmUpMs: number },
): Promise<Throughput> {
  const measureFrom = performance.now() + o.warmUpMs
  const until = measureFrom + o.seconds * 1_000
  const tookMs: number[] = []
  await Promise.all(
    goods.rich.map(async (customerId, i) => {
      for (let n = 0; performance.now() < until; n++) {
        const startedMs = performance.now()
        const sku = goods.skus[(i + n) % goods.skus.length]!
        const order = { customerId, lines: [{ sku, quantity: 1 }] }
        const { orderId } = await insist(key => client.placeOrder(order, { key }))
        while (!(await insist(() => client.order(orderId, { waitSeconds: 10 }))).settled);
        const endedMs = performance.now()
        if (endedMs >= measureFrom && endedMs < until) tookMs.push(endedMs - startedMs)
      }
    }),
  )
  tookMs.sort((a, b) => a - b)
  const percentile = (share: number) => Math.round(tookMs[Math.floor(tookMs.length * share)] ?? Number.NaN)
  return { ordersPerSecond: tookMs.length / o.seconds, p50Ms: percentile(0.5), p95Ms: percentile(0.95) }
}

export const inWords = ({ ordersPerSecond, p50Ms, p95Ms }: Throughput): string =>
  `${ordersPerSecond.toFixed(0)} orders/s completed (confirmed and settled), p50 ${p50Ms} ms, p95 ${p95Ms} ms`
