import { type CancelTimer, cancel, type Outcome, refused, succeed, type Views } from 'saga-kit'
import { type BalanceDeducted, OrderConfirmed } from 'shop-schemas'
import { OrderTimedOut } from './commands.ts'
import { changed, orderOf } from './order.ts'
import type { OrderContext } from './settings.ts'
import type { States } from './states.ts'
import { transitions } from './transitions.ts'

/** Stock is reserved and the money is there. Refused when the order was cancelled meanwhile: OrderCancelled pays back. */
export function confirmOrder(
  event: BalanceDeducted,
  { orders }: Views<States, 'orders'>,
  { now }: OrderContext,
): Outcome<OrderConfirmed | CancelTimer<'OrderTimedOut'>> {
  const order = orderOf(orders, event.orderId)
  const transition = transitions[order.status].BalanceDeducted
  if (transition.does === 'refuses') return refused(transition.code)

  orders.put(changed(order, { status: transition.to }, now))
  const { orderId, customerId, currency, totalMinor } = order
  return succeed(OrderConfirmed({ orderId, customerId, currency, totalMinor }), cancel(OrderTimedOut))
}
