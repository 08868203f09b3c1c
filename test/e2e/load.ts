import type { RunningShop } from './running-shop.ts'
import { insist, Refused, type ShopClient } from './shop-client.ts'
import { unique } from './stage.ts'

/** How an order of a load begins; how it ends depends on who is quicker. */
export type Kind = 'plain' | 'out-of-stock' | 'poor' | 'cancelled' | 'refunded'
/** Of ten orders. */
const kinds: readonly Kind[] = [
  ...([
    'plain',
    'cancelled',
    'plain',
    'poor',
    'refunded',
    'plain',
    'out-of-stock',
    'plain',
    'cancelled',
    'plain',
  ] as const),
]

export interface Goods {
  readonly skus: readonly string[]
  readonly scarce: string
  readonly rich: readonly string[]
  readonly poor: string
}

/** Customers, prices and stock that no load uses up. */
export async function seedGoods(client: ShopClient, o: { customers?: number; skus?: number } = {}): Promise<Goods> {
  const names = (what: string, count: number) => Array.from({ length: count }, () => unique(what))
  const goods = {
    ...{ skus: names('sku', o.skus ?? 10), scarce: unique('scarce') },
    ...{ rich: names('rich', o.customers ?? 20), poor: unique('poor') },
  }
  await Promise.all([
    ...[...goods.skus, goods.scarce].map(sku => insist(() => client.setPrice(sku, 100))),
    ...goods.skus.map(sku => insist(key => client.receiveStock(sku, 1_000_000, { key }))),
    ...goods.rich.map(customer => insist(key => client.deposit(customer, 1_000_000_000, { key }))),
    ...[...goods.rich, goods.poor].map(customer => insist(() => client.setContact(customer))),
    insist(key => client.receiveStock(goods.scarce, 1, { key })),
    insist(key => client.deposit(goods.poor, 1, { key })),
  ])
  return goods
}

/** What was answered 202, by order. */
export type Acknowledged = Map<string, Kind>

/**
 * Places so many orders of all kinds, `together` at a time, each request again and again until it is answered. Resolves
 * when all of them, their cancels and their refunds have been answered.
 */
export async function placeOrders(
  { client }: Pick<RunningShop, 'client'>,
  goods: Goods,
  o: { orders: number; together: number; acknowledged: Acknowledged },
): Promise<void> {
  let next = 0
  const later: Promise<void>[] = []
  const worker = async () => {
    while (next < o.orders) {
      const n = next++
      const kind = kinds[n % kinds.length]!
      const order = orderOf(kind, n, goods)
      const { orderId } = await insist(key => client.placeOrder(order, { key }))
      o.acknowledged.set(orderId, kind)
      if (kind === 'cancelled') later.push(cancel(client, orderId))
      if (kind === 'refunded') later.push(refund(client, orderId))
    }
  }
  await Promise.all(Array.from({ length: o.together }, worker))
  await Promise.all(later)
}

function orderOf(kind: Kind, n: number, { skus, scarce, rich, poor }: Goods) {
  const customerId = kind === 'poor' ? poor : rich[n % rich.length]!
  if (kind === 'out-of-stock') return { customerId, lines: [{ sku: scarce, quantity: 2 }] }
  // Some meet on the same rows in another order of lines, some are the same basket again.
  const first = n % skus.length
  const second = (n + 1 + (n % 3)) % skus.length
  const line = (i: number) => ({ sku: skus[i]!, quantity: 1 + (n % 2) })
  return { customerId, lines: first === second ? [line(first)] : [line(first), line(second)] }
}

async function cancel(client: ShopClient, orderId: string): Promise<void> {
  await insist(key => client.cancel(orderId, { key })).catch(unlessTooLate)
}

async function refund(client: ShopClient, orderId: string): Promise<void> {
  for (;;) {
    const { status } = await insist(() => client.order(orderId, { waitSeconds: 2 }))
    if (status === 'PENDING') continue
    await insist(key => client.refund(orderId, { key })).catch(unlessTooLate)
    return
  }
}

/** The order had moved on: that is an answer. */
function unlessTooLate(error: unknown): void {
  if (!(error instanceof Refused) || error.status !== 409) throw error
}
