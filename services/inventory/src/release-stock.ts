import { type Succeeded, succeed, type Views } from 'saga-kit'
import { type BalanceRejected, StockReleased } from 'shop-schemas'
import { type Reservation, reservationIn } from './reservation.ts'
import type { States } from './states.ts'
import { move } from './stock.ts'

type Seen = Views<States, 'reservations' | 'stock'>

/** Gives what the reservation has kept back to the free stock, and says so. */
export function release(reservation: Reservation, { reservations, stock }: Seen): Succeeded<StockReleased> {
  const { orderId, lines } = reservation
  move(stock, lines, 'reserved', 'onHand')
  reservations.put({ ...reservation, status: 'released' })
  return succeed(StockReleased({ orderId, lines }))
}

/** Without the money there is nobody to hold the stock for: it is released at once. */
export function releaseUnpaid({ orderId }: BalanceRejected, seen: Seen): Succeeded<StockReleased> {
  return release(reservationIn(seen.reservations, orderId, 'reserved'), seen)
}

/** Nothing was reserved, and now nothing will be: the order waits for this answer. */
export function releasedNothing({ orderId }: { orderId: string }): Succeeded<StockReleased> {
  return succeed(StockReleased({ orderId, lines: [] }))
}
