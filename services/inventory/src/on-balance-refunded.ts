import { type Succeeded, succeed, type Views } from 'saga-kit'
import { type BalanceRefunded, StockReturned } from 'shop-schemas'
import { reservationIn } from './reservation.ts'
import type { States } from './states.ts'
import { move } from './stock.ts'

/** Takes a refunded order's stock back, sold or (when OrderConfirmed is still on its way) only reserved. */
export function returnStock(
  { orderId }: BalanceRefunded,
  { reservations, stock }: Views<States, 'reservations' | 'stock'>,
): Succeeded<StockReturned> {
  const reservation = reservationIn(reservations, orderId, 'reserved', 'committed')
  const { lines, status } = reservation
  move(stock, lines, status === 'committed' ? 'sold' : 'reserved', 'onHand')
  reservations.put({ ...reservation, status: 'returned' })
  return succeed(StockReturned({ orderId, lines }))
}

/** A refund waits for this answer, whatever was reserved. */
export function returnedNothing({ orderId }: BalanceRefunded): Succeeded<StockReturned> {
  return succeed(StockReturned({ orderId, lines: [] }))
}
