import { type Outcome, refused, succeed, type Views } from 'saga-kit'
import { type OrderConfirmed, StockCommitted } from 'shop-schemas'
import { reservationIn } from './reservation.ts'
import type { States } from './states.ts'
import { move } from './stock.ts'

/** Sells what is reserved. Refused when a refund has overtaken it: BalanceRefunded comes on another topic. */
export function commitStock(
  { orderId }: OrderConfirmed,
  { reservations, stock }: Views<States, 'reservations' | 'stock'>,
): Outcome<StockCommitted> {
  const reservation = reservationIn(reservations, orderId, 'reserved', 'returned')
  if (reservation.status === 'returned') return refused('reservation-returned')

  const { lines } = reservation
  move(stock, lines, 'reserved', 'sold')
  reservations.put({ ...reservation, status: 'committed' })
  return succeed(StockCommitted({ orderId, lines }))
}
