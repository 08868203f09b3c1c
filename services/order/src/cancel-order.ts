import {
  type Answered,
  accept,
  type CancelTimer,
  cancel,
  type Outcome,
  refuse,
  refused,
  succeed,
  type Views,
} from 'saga-kit'
import { OrderCancelled } from 'shop-schemas'
import { type OrderAnswer, OrderTimedOut } from './commands.ts'
import { changed, type Order, orderOf } from './order.ts'
import type { OrderContext } from './settings.ts'
import type { States } from './states.ts'
import { transitions } from './transitions.ts'

type Orders = Views<States, 'orders'>
type Cancels = OrderCancelled | CancelTimer<'OrderTimedOut'>

/** Cancels because somebody other than the customer asks: a rejection or the timeout. Whoever asks first wins. */
export const cancelBecause =
  (asking: 'StockRejected' | 'BalanceRejected' | 'OrderTimedOut', reason: OrderCancelled['reason']) =>
  (orderId: string, { orders }: Orders, { now }: OrderContext): Outcome<Cancels> => {
    const order = orderOf(orders, orderId)
    const transition = transitions[order.status][asking]
    if (transition.does === 'refuses') return refused(transition.code)

    orders.put(changed(order, { status: transition.to, reason }, now))
    return succeed(...cancels(order, reason))
  }

/** The customer's own wish. Asked again, it is granted again, whatever the Idempotency-Key (rule 32). */
export function cancelForCustomer(
  { orderId }: { orderId: string },
  { orders }: Orders,
  { now }: OrderContext,
): Answered<Cancels, OrderAnswer> {
  const order = orders.get(orderId)
  if (!order) return refuse(404, 'unknown-order', `there is no order ${orderId}`)
  const transition = transitions[order.status].CancelOrder
  if (transition.does === 'refuses') return refuse(409, transition.code, `order ${orderId} is ${order.status}`)
  if (transition.does === 'repeats') {
    if (order.reason === transition.reason) return accept({ orderId, status: order.status })
    return refuse(409, transition.otherwise, `order ${orderId} is ${order.status} (${order.reason})`)
  }

  orders.put(changed(order, { status: transition.to, reason: 'customer' }, now))
  return accept({ orderId, status: transition.to }, ...cancels(order, 'customer'))
}

const cancels = ({ orderId, customerId }: Order, reason: OrderCancelled['reason']) =>
  [OrderCancelled({ orderId, customerId, reason }), cancel(OrderTimedOut)] as const
