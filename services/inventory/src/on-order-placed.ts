import { type Outcome, PermanentError, reject, succeed, type Views } from 'saga-kit'
import { type Line, type OrderPlaced, StockRejected, StockReserved } from 'shop-schemas'
import { takeOldest } from './hold.ts'
import { basketOf } from './reservation.ts'
import type { States } from './states.ts'
import { move } from './stock.ts'

/** Reserves all lines or none. Stock on hold for the same basket is taken before free stock. */
export function reserveStock(
  event: OrderPlaced,
  { reservations, holds, stock }: Views<States>,
): Outcome<StockReserved, StockRejected> {
  const { orderId, customerId, currency, totalMinor } = event
  if (reservations.get(orderId)) throw new PermanentError('reservation-exists', `${orderId} has reserved before`)

  const lines = event.lines.map(({ sku, quantity }) => ({ sku, quantity }))
  const basket = basketOf(event)
  const tookOver = takeOldest(holds, basket)
  if (tookOver === null) {
    const no = (reason: StockRejected['reason'], missing: readonly Line[]) =>
      reject(reason, StockRejected({ orderId, reason, lines: missing }))
    const unknown = lines.filter(line => !stock.get(line.sku))
    if (unknown.length > 0) return no('unknown-sku', unknown)
    const short = lines.filter(line => stock.get(line.sku)!.onHand < line.quantity)
    if (short.length > 0) return no('insufficient-stock', short)
    move(stock, lines, 'onHand', 'reserved')
  }
  reservations.put({ orderId, basket, lines, status: 'reserved', tookOver })
  return succeed(StockReserved({ orderId, customerId, currency, totalMinor, lines }))
}
