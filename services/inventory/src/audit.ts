import { auditOf, figure, type Posting, posting } from 'saga-kit'
import type { Reservation } from './reservation.ts'
import { states } from './states.ts'

/** What orders have really got and still keep, by their reservations; and that stock and holds are the sum of these. */
export const audit = auditOf(states, {
  figures: ['sold', 'kept'],
  says: {
    reservations({ status, lines }) {
      if (status === 'committed') return lines.map(({ sku, quantity }) => figure('sold', sku, quantity))
      if (status !== 'reserved' && status !== 'held') return []
      return lines.map(({ sku, quantity }) => figure('kept', sku, quantity))
    },
  },
  books: {
    stock: ({ sku, received, onHand, reserved, sold }) => [
      posting('stock', sku, 'received', received),
      posting('stock', sku, 'on hand', -onHand),
      posting('stock', sku, 'reserved', -reserved),
      posting('stock', sku, 'sold', -sold),
      posting('reserved', sku, 'stock', reserved),
      posting('sold', sku, 'stock', sold),
    ],
    reservations: reservation => [...piecesOf(reservation), ...holdsOf(reservation)],
    holds: ({ orderIds }) => orderIds.map(orderId => posting('holds', orderId, 'on hold', -1)),
  },
})

/** A hold that was taken over stays counted with the order that held it, and is taken off with the order that has it now. */
function piecesOf({ lines, status, tookOver }: Reservation): Posting[] {
  return lines.flatMap(({ sku, quantity }) => [
    ...(status === 'committed' ? [posting('sold', sku, 'committed', -quantity)] : []),
    ...(status === 'reserved' ? [posting('reserved', sku, 'reserved', -quantity)] : []),
    ...(everHeld(status) ? [posting('reserved', sku, 'held', -quantity)] : []),
    ...(tookOver === null ? [] : [posting('reserved', sku, 'taken over', quantity)]),
  ])
}

/** What an order holds is on hold, or was taken over by one later order. */
function holdsOf({ orderId, status, tookOver }: Reservation): Posting[] {
  return [
    ...(everHeld(status) ? [posting('holds', orderId, 'held', 1)] : []),
    ...(tookOver === null ? [] : [posting('holds', tookOver, 'taken over', -1)]),
  ]
}

/** `released` is not: its stock went back. */
const everHeld = (status: Reservation['status']) => status === 'held' || status === 'taken-over'
