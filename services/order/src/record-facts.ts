import { type Outcome, refused, succeed, type Views } from 'saga-kit'
import {
  type BalanceRefunded,
  OrderRefunded,
  type StockCommitted,
  type StockReleased,
  type StockReturned,
} from 'shop-schemas'
import { changed, type Facts, type Order, orderOf, settledAs } from './order.ts'
import type { OrderContext } from './settings.ts'
import type { States } from './states.ts'
import { transitions } from './transitions.ts'

type Orders = Views<States, 'orders'>

/** Stores what became of the stock, in whatever status the order is. */
export function recordStock(
  event: StockCommitted | StockReleased,
  { orders }: Orders,
  { now }: OrderContext,
): Outcome<never> {
  const order = orderOf(orders, event.orderId)
  const fact = factIn(event, now)
  if (isRecorded(order, fact)) return refused('already-recorded')

  orders.put(changed(order, fact, now))
  return succeed()
}

/**
 * Stores an answer to a cancellation or a refund. Of the two that a refund waits for, on different topics and in either
 * order, the later one completes it: only then is the amount of OrderRefunded known.
 */
export function recordReturn(
  event: BalanceRefunded | StockReturned,
  { orders }: Orders,
  { now }: OrderContext,
): Outcome<OrderRefunded> {
  const order = orderOf(orders, event.orderId)
  const fact = factIn(event, now)
  if (isRecorded(order, fact)) return refused('already-recorded')

  const recorded = changed(order, fact, now)
  const transition = transitions[order.status][event.type]
  if (transition.does === 'records' || !settledAs[transition.to](recorded)) {
    orders.put(recorded)
    return succeed()
  }
  orders.put(changed(recorded, { status: transition.to }, now))
  const { orderId, customerId, currency } = order
  return succeed(OrderRefunded({ orderId, customerId, currency, amountMinor: recorded.requestedRefundMinor! }))
}

function factIn(event: StockCommitted | StockReleased | StockReturned | BalanceRefunded, now: Date): Partial<Facts> {
  switch (event.type) {
    case 'StockCommitted':
      return { stockCommittedAt: now }
    case 'StockReleased':
      return { stockReleasedAt: now }
    case 'StockReturned':
      return { stockReturnedAt: now }
    case 'BalanceRefunded':
      return event.cause === 'order-cancelled'
        ? { cancellationRefundMinor: event.amountMinor }
        : { requestedRefundMinor: event.amountMinor }
  }
}

/** A fact is told once; the first stands. */
const isRecorded = (order: Order, fact: Partial<Facts>) =>
  Object.keys(fact).some(name => order[name as keyof Facts] !== null)
