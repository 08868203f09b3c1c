import { after, type SetTimer, type Succeeded, succeed, type Views } from 'saga-kit'
import type { OrderCancelled, StockReleased } from 'shop-schemas'
import { HoldExpired } from './commands.ts'
import { join } from './hold.ts'
import { release } from './release-stock.ts'
import { reservationIn } from './reservation.ts'
import type { InventoryContext } from './settings.ts'
import type { States } from './states.ts'

/** Releases the stock; for a customer who cancelled it is held a while first, and StockReleased follows when that ends. */
export function releaseOrHold(
  { orderId, reason }: OrderCancelled,
  seen: Views<States>,
  { settings }: InventoryContext,
): Succeeded<StockReleased | SetTimer<'HoldExpired'>> {
  const reservation = reservationIn(seen.reservations, orderId, 'reserved')
  if (reason !== 'customer') return release(reservation, seen)

  const { basket } = reservation
  join(seen.holds, basket, orderId)
  seen.reservations.put({ ...reservation, status: 'held' })
  return succeed(after(settings.stockReleaseDelayMs, HoldExpired, { basket }))
}
