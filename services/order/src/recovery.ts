import {
  after,
  type CancelTimer,
  cancel,
  type Outcome,
  PermanentError,
  participant,
  type SetTimer,
  succeed,
  type Views,
} from 'saga-kit'
import { OrderCancelled, OrderConfirmed, OrderPlaced, RefundRequested } from 'shop-schemas'
import { cancelBecause } from './cancel-order.ts'
import { OrderTimedOut } from './commands.ts'
import { changed, noFacts, type Order, orderOf } from './order.ts'
import { type OrderContext, settings } from './settings.ts'
import { type States, states } from './states.ts'

type Orders = Views<States, 'orders'>

const recovering = { emits: [OrderTimedOut], undoneBy: 'never' } as const
const timedOut = cancelBecause('OrderTimedOut', 'timed-out')

/**
 * Reads the order service's own topic, after its database was restored from an older copy: what has come over HTTP since
 * then stands nowhere else. It takes the service's own steps, so that the fence knows afterwards what was done, and publishes
 * nothing, since it comes from there. What others have told since is for the service to read, once this is through.
 */
export const recovery = participant(
  { service: 'order', states, settings, longestTimerMs: s => s.orderTimeoutMs },
  ({ on }) => [
    on(OrderPlaced)
      .reads('orders', e => [e.orderId])
      .action('place_order', { ...recovering, run: placeAgain }),
    on(OrderConfirmed)
      .reads('orders', e => [e.orderId])
      .action('confirm_order', { ...recovering, run: (e, seen, c) => move(e, { status: 'CONFIRMED' }, seen, c) }),
    on(OrderCancelled)
      .reads('orders', e => [e.orderId])
      .action('cancel_order', {
        ...recovering,
        run: (e, seen, c) => move(e, { status: 'CANCELLED', reason: e.reason }, seen, c),
      }),
    on(RefundRequested)
      .reads('orders', e => [e.orderId])
      .action('request_refund', {
        ...recovering,
        run: (e, seen, c) => move(e, { status: 'REFUNDING', reason: e.reason }, seen, c),
      }),
    // Declared as it is set; it fires in the service, not here.
    on(OrderTimedOut)
      .reads('orders', t => [t.sagaId])
      .action('cancel_order', {
        ...{ emits: [OrderCancelled, OrderTimedOut], undoneBy: 'never' },
        run: (t, seen, c) => timedOut(t.sagaId, seen, c),
      }),
  ],
)

/** With the whole timeout before it again: others may need as long to tell what became of it. */
function placeAgain(
  { orderId, customerId, currency, totalMinor, lines }: OrderPlaced,
  { orders }: Orders,
  { now, settings: { orderTimeoutMs } }: OrderContext,
): Outcome<SetTimer<'OrderTimedOut'>> {
  if (orders.get(orderId)) throw new PermanentError('order-exists', `order ${orderId} was placed before`)
  orders.put({
    ...{ orderId, customerId, currency, totalMinor, lines, ...noFacts },
    ...{ status: 'PENDING', reason: null, settled: false, createdAt: beganAt(orderId), updatedAt: now },
  })
  return succeed(after(orderTimeoutMs, OrderTimedOut, {}))
}

function move(
  { orderId }: { readonly orderId: string },
  change: Partial<Pick<Order, 'status' | 'reason'>>,
  { orders }: Orders,
  { now }: OrderContext,
): Outcome<CancelTimer<'OrderTimedOut'>> {
  orders.put(changed(orderOf(orders, orderId), change, now))
  return succeed(cancel(OrderTimedOut))
}

/** An order's id is a UUIDv7, drawn as it was placed. */
const beganAt = (orderId: string) => new Date(Number.parseInt(orderId.slice(0, 8) + orderId.slice(9, 13), 16))
