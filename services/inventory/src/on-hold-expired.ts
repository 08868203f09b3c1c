import { type Outcome, refused, succeed, type Timer, type Views } from 'saga-kit'
import { StockReleased } from 'shop-schemas'
import { leave } from './hold.ts'
import { release } from './release-stock.ts'
import { reservationIn } from './reservation.ts'
import type { States } from './states.ts'

/** Ends the hold of a cancelled order. If a later order has taken its stock over, nothing is left to release. */
export function releaseHeld(
  { sagaId: orderId, basket }: Timer<'HoldExpired', { basket: string }>,
  seen: Views<States>,
): Outcome<StockReleased> {
  const reservation = reservationIn(seen.reservations, orderId, 'held', 'released', 'taken-over')
  if (reservation.status !== 'held') return refused(`reservation-${reservation.status}`)

  if (leave(seen.holds, basket, orderId)) return release(reservation, seen)
  seen.reservations.put({ ...reservation, status: 'taken-over' })
  return succeed(StockReleased({ orderId, lines: [] }))
}
