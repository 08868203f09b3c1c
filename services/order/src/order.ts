import { PermanentError, type View } from 'saga-kit'
import type { PricedLine } from 'shop-schemas'

export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED' | 'REFUNDING' | 'REFUNDED'

/**
 * What other services have told about the order. They tell it on topics of their own, so a fact may arrive before the
 * order is in the state that it belongs to. Each has a field of its own, so that none erases another.
 */
export interface Facts {
  readonly stockCommittedAt: Date | null
  readonly stockReleasedAt: Date | null
  readonly stockReturnedAt: Date | null
  /** What came back because the order was cancelled; 0 when nothing had been deducted, null until balance has answered. */
  readonly cancellationRefundMinor: number | null
  /** What came back because a refund was requested. */
  readonly requestedRefundMinor: number | null
}

export interface Order extends Facts {
  readonly orderId: string
  readonly customerId: string
  readonly currency: string
  readonly totalMinor: number
  readonly lines: readonly PricedLine[]
  readonly status: OrderStatus
  /** Why it was cancelled, or why a refund was requested. */
  readonly reason: string | null
  /** Nothing is owed for the order any more, by nobody. */
  readonly settled: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const noFacts: Facts = {
  stockCommittedAt: null,
  stockReleasedAt: null,
  stockReturnedAt: null,
  cancellationRefundMinor: null,
  requestedRefundMinor: null,
}

/** The facts that settle an order of each status; 0001_orders.sql checks the same. */
export const settledAs: Readonly<Record<OrderStatus, (facts: Facts) => boolean>> = {
  PENDING: () => false,
  CONFIRMED: facts => facts.stockCommittedAt !== null,
  CANCELLED: facts => facts.stockReleasedAt !== null && facts.cancellationRefundMinor !== null,
  REFUNDING: () => false,
  REFUNDED: facts => facts.requestedRefundMinor !== null && facts.stockReturnedAt !== null,
}

/** The only way an order changes, so that `settled` is never stale. */
export function changed(order: Order, change: Partial<Facts & Pick<Order, 'status' | 'reason'>>, now: Date): Order {
  const next = { ...order, ...change, updatedAt: now }
  return { ...next, settled: settledAs[next.status](next) }
}

/**
 * Every event about an order follows from its OrderPlaced, which was written with the order. An order that is missing
 * was lost or is another deployment's: a dead letter says so, where a refusal would let it pass silently.
 */
export function orderOf(orders: View<Order>, orderId: string): Order {
  const order = orders.get(orderId)
  if (order) return order
  throw new PermanentError('unknown-order', `an event speaks of order ${orderId}, which was never placed here`)
}
