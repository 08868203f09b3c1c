import { state } from 'saga-kit'
import type { Order } from './order.ts'

/** Only looked up by orders: a price that changes later does not change an order. */
export interface Price {
  readonly sku: string
  readonly currency: string
  /** In minor units of the currency. */
  readonly unitPriceMinor: number
}

/** In lock order. */
export const states = {
  orders: state<Order>()({ table: 'orders', key: 'orderId' }),
  prices: state<Price>()({ table: 'prices', key: 'sku' }),
}
export type States = typeof states
