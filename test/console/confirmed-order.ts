import {
  BalanceDeducted,
  NotificationSent,
  OrderConfirmed,
  OrderPlaced,
  StockCommitted,
  StockReserved,
} from 'shop-schemas'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import type { Handmade, HandPublisher } from '../e2e/hand-publisher.ts'

/** The events of an order that is confirmed, in their order. */
export function confirmedOrder({ event }: HandPublisher, customerId = 'ann', orderId = newSagaId()): Handmade[] {
  const lines = [{ sku: 'tea', quantity: 1 }]
  const priced = [{ sku: 'tea', quantity: 1, unitPriceMinor: 100 }]
  const money = { customerId, currency: 'EUR' }
  const placed = { orderId, ...money, totalMinor: 100, lines: priced }
  const id = (step: string) => `${orderId}/${step}/action`
  const events = [
    event(OrderPlaced(placed), { id: id('place_order') }),
    event(StockReserved({ ...placed, lines }), { id: id('reserve_stock'), causationId: id('place_order') }),
    event(BalanceDeducted({ orderId, ...money, amountMinor: 100 }), {
      ...{ id: id('deduct_balance'), causationId: id('reserve_stock') },
    }),
    event(OrderConfirmed({ orderId, ...money, totalMinor: 100 }), {
      ...{ id: id('confirm_order'), causationId: id('deduct_balance') },
    }),
    event(StockCommitted({ orderId, lines }), { id: id('commit_stock'), causationId: id('confirm_order') }),
    event(NotificationSent({ orderId, channel: 'mail', template: 'order-confirmed' }), {
      ...{ id: id('notify_confirmed'), causationId: id('confirm_order') },
    }),
  ]
  const atMs = Date.now()
  return events.map((each, n) => ({
    ...each,
    headers: { ...each.headers, ce_time: new Date(atMs + n).toISOString() },
  }))
}

export const sagaIdOf = ([first]: readonly Handmade[]): string => String(first?.key)
