import { type Answered, accept, refuse, type Views } from 'saga-kit'
import { RefundRequested } from 'shop-schemas'
import type { OrderAnswer, RequestRefundBody } from './commands.ts'
import { changed } from './order.ts'
import type { OrderContext } from './settings.ts'
import type { States } from './states.ts'
import { transitions } from './transitions.ts'

/** Begins to undo a confirmed order. Asked again, it is granted again, whatever the Idempotency-Key (rule 32). */
export function requestRefund(
  { orderId, reason }: RequestRefundBody,
  { orders }: Views<States, 'orders'>,
  { now }: OrderContext,
): Answered<RefundRequested, OrderAnswer> {
  const order = orders.get(orderId)
  if (!order) return refuse(404, 'unknown-order', `there is no order ${orderId}`)
  const transition = transitions[order.status].RequestRefund
  if (transition.does === 'refuses') return refuse(409, transition.code, `order ${orderId} is ${order.status}`)
  if (transition.does === 'repeats') return accept({ orderId, status: order.status })

  orders.put(changed(order, { status: transition.to, reason }, now))
  return accept({ orderId, status: transition.to }, RefundRequested({ orderId, customerId: order.customerId, reason }))
}
