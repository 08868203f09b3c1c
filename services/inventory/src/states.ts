import { state } from 'saga-kit'
import type { Hold } from './hold.ts'
import type { Reservation } from './reservation.ts'
import type { Stock } from './stock.ts'

/** In lock order. */
export const states = {
  reservations: state<Reservation>()({ table: 'reservations', key: 'orderId' }),
  holds: state<Hold>()({ table: 'holds', key: 'basket' }),
  stock: state<Stock>()({ table: 'stock', key: 'sku' }),
}
export type States = typeof states
