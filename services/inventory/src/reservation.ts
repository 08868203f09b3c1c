import { hash } from 'node:crypto'
import { PermanentError, type View } from 'saga-kit'
import type { Line } from 'shop-schemas'

/** Evidence of what an order has taken from the stock. Nobody but the order's own saga touches it. */
export interface Reservation {
  readonly orderId: string
  /** Customer and lines, by which a hold is found again. */
  readonly basket: string
  readonly lines: readonly Line[]
  readonly status: ReservationStatus
  /** The order whose hold it took over, instead of taking from free stock; kept for ever, as evidence. */
  readonly tookOver: string | null
}
/**
 * reserved -> committed -> returned; reserved -> returned (a refund that overtook OrderConfirmed);
 * reserved -> released; reserved -> held -> released | taken-over (its stock belongs to a later order now).
 */
export type ReservationStatus = 'reserved' | 'committed' | 'held' | 'released' | 'returned' | 'taken-over'

/**
 * The same customer with the same lines, in whatever order they are listed. A digest, since it is the key of a table:
 * the text of a hundred lines would be longer than PostgreSQL lets an index entry be (2704 bytes).
 */
export function basketOf({ customerId, lines }: { customerId: string; lines: readonly Line[] }): string {
  const canonical = lines.map(({ sku, quantity }) => [sku, quantity] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify([customerId, canonical]))
}

/**
 * The reservation that the fence says is there, in the one status that the caller may find it in. Anything else means
 * that stock was already given back or was never taken: rule 14, a dead letter instead of pieces from nowhere.
 */
export function reservationIn<S extends ReservationStatus>(
  reservations: View<Reservation>,
  orderId: string,
  ...statuses: readonly S[]
): Reservation & { readonly status: S } {
  const found = reservations.get(orderId)
  if (found && (statuses as readonly ReservationStatus[]).includes(found.status))
    return found as Reservation & { readonly status: S }
  const [code, what] = found ? [`reservation-${found.status}`, found.status] : ['reservation-missing', 'missing']
  throw new PermanentError(code, `the reservation of ${orderId} should be ${statuses.join(' or ')}, but is ${what}`)
}
