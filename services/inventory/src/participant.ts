import { participant, type View } from 'saga-kit'
import {
  BalanceRefunded,
  BalanceRejected,
  OrderCancelled,
  OrderConfirmed,
  OrderPlaced,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
  StockReturned,
} from 'shop-schemas'
import { audit } from './audit.ts'
import { HoldExpired, ReceiveStock } from './commands.ts'
import { returnedNothing, returnStock } from './on-balance-refunded.ts'
import { releaseHeld } from './on-hold-expired.ts'
import { releaseOrHold } from './on-order-cancelled.ts'
import { commitStock } from './on-order-confirmed.ts'
import { reserveStock } from './on-order-placed.ts'
import { receiveStock } from './receive-stock.ts'
import { releasedNothing, releaseUnpaid } from './release-stock.ts'
import { basketOf, type Reservation } from './reservation.ts'
import { settings } from './settings.ts'
import { states } from './states.ts'

type Reservations = { readonly reservations: Pick<View<Reservation>, 'get'> }
const skusOf = ({ reservations }: Reservations, orderId: string) =>
  reservations.get(orderId)?.lines.map(line => line.sku) ?? []
const basketsOf = ({ reservations }: Reservations, orderId: string) => {
  const reservation = reservations.get(orderId)
  return reservation ? [reservation.basket] : []
}

/** Owns the stock: keeps it for pending orders, sells it with confirmed ones, takes it back from all others. */
export const inventory = participant(
  { service: 'inventory', states, settings, audit, longestTimerMs: s => s.stockReleaseDelayMs },
  ({ on }) => [
    on(OrderPlaced)
      .reads('reservations', e => [e.orderId])
      .reads('holds', e => [basketOf(e)])
      .reads('stock', e => e.lines.map(line => line.sku))
      .action('reserve_stock', {
        emits: [StockReserved],
        rejects: [StockRejected],
        withinMs: 60_000,
        run: reserveStock,
      }),
    on(BalanceRejected)
      .reads('reservations', e => [e.orderId])
      .reads('stock', (e, loaded) => skusOf(loaded, e.orderId))
      .compensates('reserve_stock', { emits: [StockReleased], run: releaseUnpaid, otherwise: releasedNothing }),
    on(OrderCancelled)
      .reads('reservations', e => [e.orderId])
      .reads('holds', (e, loaded) => basketsOf(loaded, e.orderId))
      .reads('stock', (e, loaded) => skusOf(loaded, e.orderId))
      .compensates('reserve_stock', {
        emits: [StockReleased, HoldExpired],
        run: releaseOrHold,
        otherwise: releasedNothing,
      }),
    on(BalanceRefunded)
      .when(e => e.cause === 'refund-requested')
      .reads('reservations', e => [e.orderId])
      .reads('stock', (e, loaded) => skusOf(loaded, e.orderId))
      .compensates('reserve_stock', { emits: [StockReturned], run: returnStock, otherwise: returnedNothing }),

    on(HoldExpired)
      .reads('reservations', t => [t.sagaId])
      .reads('holds', t => [t.basket])
      .reads('stock', (t, loaded) => skusOf(loaded, t.sagaId))
      .action('release_held_stock', { emits: [StockReleased], undoneBy: 'never', run: releaseHeld }),

    on(OrderConfirmed)
      .reads('reservations', e => [e.orderId])
      .reads('stock', (e, loaded) => skusOf(loaded, e.orderId))
      .action('commit_stock', { emits: [StockCommitted], undoneBy: 'reserve_stock', run: commitStock }),

    on(ReceiveStock)
      .reads('stock', c => [c.sku])
      .local(receiveStock),
  ],
)
