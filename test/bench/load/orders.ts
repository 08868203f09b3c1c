import type { Goods } from '../ground/goods.ts'
import type { Blend, Wish } from './plan.ts'

export interface OrderToPlace {
  readonly wish: Wish
  readonly customerId: string
  readonly sku: string
  readonly quantity: number
}
export type OrderMaker = (n: number) => OrderToPlace

/** Of a hundred orders of the mix: ten rejected, half for want of stock and half of money, five cancelled, two refunded. */
function wishOf(n: number): { wish: Wish; poor?: boolean } {
  // 37 and 100 have no common divisor: each hundred has each place once, and the kinds are spread over it.
  const place = (n * 37) % 100
  if (place < 5) return { wish: 'rejected' }
  if (place < 10) return { wish: 'rejected', poor: true }
  if (place < 15) return { wish: 'cancelled' }
  return { wish: place < 17 ? 'refunded' : 'confirmed' }
}

/** One line an order; customers and skus are taken in turn, so that neighbours rarely meet on a row. */
export function orderMaker(blend: Blend, { customers, skus, scarce, poor }: Goods): OrderMaker {
  const customerOf = (n: number) => customers[n % customers.length]!
  const skuOf = (n: number) => skus[(n * 7) % skus.length]!
  const plain = (n: number): OrderToPlace => ({
    ...{ wish: 'confirmed', customerId: customerOf(n), sku: skuOf(n), quantity: 1 },
  })
  switch (blend) {
    case 'plain':
      return plain
    case 'one-sku':
      return n => ({ ...plain(n), sku: skus[0]! })
    case 'one-customer':
      return n => ({ ...plain(n), customerId: customers[0]! })
    case 'mix':
      return n => {
        const kind = wishOf(n)
        const order = { ...plain(n), wish: kind.wish }
        if (kind.poor) return { ...order, customerId: poor }
        return kind.wish === 'rejected' ? { ...order, sku: scarce, quantity: 2 } : order
      }
  }
}

/** As JSON, without a detour over objects. Names need no escapes. */
export const bodyOf = ({ customerId, sku, quantity }: OrderToPlace): string =>
  `{"customerId":"${customerId}","currency":"EUR","lines":[{"sku":"${sku}","quantity":${quantity}}]}`
